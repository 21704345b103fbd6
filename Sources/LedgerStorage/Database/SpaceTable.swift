internal import FabricTypes
internal import LedgerCore

/// A namespace or collection as the database tells them apart.
enum Space: Hashable {
    case open(Bytes)
    case hashed(CollectionID)
    case secret(CollectionID)

    var kind: Int64 {
        switch self {
        case .open: 0
        case .hashed: 1
        case .secret: 2
        }
    }

    var namespace: Bytes {
        switch self {
        case .open(let namespace): namespace
        case .hashed(let id), .secret(let id): id.namespace
        }
    }

    var collection: Bytes {
        switch self {
        case .open: Bytes()
        case .hashed(let id), .secret(let id): id.collection
        }
    }

    init?(kind: Int64, namespace: Bytes, collection: Bytes) {
        let id = CollectionID(namespace: namespace, collection: collection)
        switch kind {
        case 0: self = .open(namespace)
        case 1: self = .hashed(id)
        case 2: self = .secret(id)
        default: return nil
        }
    }
}

/// The numbers of spaces, as one connection knows them.
///
/// A number once given stays, so what was looked up stays true; a space that is missing is looked for again.
struct SpaceTable {
    private var numbers: [Space: Int64] = [:]

    mutating func number(of space: Space, on connection: SQLiteConnection) throws(StorageError) -> Int64? {
        if let number = numbers[space] { return number }
        let statement = try connection.statement(
            "SELECT id FROM space WHERE kind=? AND namespace=? AND collection=?"
        ).bind(.integer(space.kind), .bytes(space.namespace), .bytes(space.collection))
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        numbers[space] = statement.integer(0)
        return numbers[space]
    }

    /// The number of a space, given to it now if it has none. Forget it with ``forget(_:)`` should the transaction fail.
    mutating func makeNumber(of space: Space, on connection: SQLiteConnection) throws(StorageError) -> Int64 {
        if let number = try number(of: space, on: connection) { return number }
        try connection.statement("INSERT INTO space(kind, namespace, collection) VALUES(?,?,?)")
            .bind(.integer(space.kind), .bytes(space.namespace), .bytes(space.collection)).run()
        guard let number = try number(of: space, on: connection) else {
            throw StorageError(.damaged, "The database \"\(connection.path)\" does not keep what is written to it.")
        }
        return number
    }

    /// Forgets all numbers, since some may have been given in a transaction that failed.
    mutating func removeAll() {
        numbers = [:]
    }
}
