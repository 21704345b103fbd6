internal import FabricTypes
internal import LedgerCore

/// What a snapshot holds of one key. Source: Fabric's `stateleveldb.SnapshotRecord`.
struct SnapshotRecord: WireMessage {
    static let messageName = "stateleveldb.SnapshotRecord"

    var key = Bytes()
    var value = Bytes()
    var metadata = Bytes()
    /// As versions enter the commit hash.
    var version = Bytes()

    init() {}

    init(_ row: StateRow) {
        key = row.key
        value = row.state.value
        metadata = row.state.metadata
        version = row.state.version.orderedBytes
    }

    /// Nil where the record holds no version, or no value.
    var row: StateRow? {
        guard let version = Version(orderedBytes: version), !value.isEmpty else { return nil }
        return StateRow(key: key, state: StateValue(value: value, version: version, metadata: metadata))
    }

    mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&key)
        case 2: field.read(&value)
        case 3: field.read(&metadata)
        case 4: field.read(&version)
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {
        writer.write(1, key)
        writer.write(2, value)
        writer.write(3, metadata)
        writer.write(4, version)
    }
}

extension Space {
    /// What stands between chaincode and collection in the name of a hashed space.
    private static let hashedMark = Bytes("$$h")

    /// The name in a snapshot. Source: Fabric's `privacyenabledstate.deriveHashedDataNs`.
    var snapshotName: Bytes {
        switch self {
        case .open(let namespace): namespace
        case .hashed(let id), .secret(let id): Bytes(joining: [id.namespace, Self.hashedMark, id.collection])
        }
    }

    /// The hashed space of a name; nil for any other. Chaincode names hold no dollar sign.
    init?(hashedSnapshotName name: Bytes) {
        guard let end = name.indices.first(where: { name[$0...].starts(with: Self.hashedMark) }) else { return nil }
        self = .hashed(
            CollectionID(
                namespace: name[0..<end], collection: name[(end + Self.hashedMark.count)..<name.count]))
    }
}
