internal import FabricTypes

/// State and history as values: copying one freezes it.
struct InMemoryState: Sendable {
    var height: BlockNumber = 0
    private var publicState: [Bytes: OrderedKeyMap<StateValue>] = [:]
    private var hashedState: [CollectionID: OrderedKeyMap<StateValue>] = [:]
    private var privateState: [CollectionID: OrderedKeyMap<StateValue>] = [:]
    /// The writers of each key, oldest first.
    private var history: [Bytes: OrderedKeyMap<[Version]>] = [:]
    private var expiries: [BlockNumber: [ExpiryEntry]] = [:]

    /// Makes an empty state that of a height, to be filled with what the blocks below it left.
    mutating func begin(at height: BlockNumber) { self.height = height }

    mutating func put(_ row: StateRow, in namespace: Bytes) {
        publicState[namespace, default: OrderedKeyMap()].set(row.key, to: row.state)
    }

    mutating func put(_ row: StateRow, inHashed collection: CollectionID) {
        hashedState[collection, default: OrderedKeyMap()].set(row.key, to: row.state)
    }

    mutating func schedule(_ entry: ExpiryEntry) {
        expiries[entry.expiringBlock, default: []].append(entry)
    }

    /// Keys and values are kept in arrays of their own: as slices each would keep its whole block alive.
    mutating func apply(_ updates: StateUpdates, history rows: [HistoryRow], of block: BlockNumber) {
        for (namespace, updates) in updates.publicState {
            let namespace = namespace.detached()
            updates.forEach { publicState[namespace, default: OrderedKeyMap()].set($0, to: $1.state) }
        }
        for (collection, updates) in updates.hashedState {
            let collection = collection.detached()
            updates.forEach { hashedState[collection, default: OrderedKeyMap()].set($0, to: $1.state) }
        }
        for purge in updates.purges { erase(purge) }
        for (collection, updates) in updates.privateState {
            let collection = collection.detached()
            updates.forEach { privateState[collection, default: OrderedKeyMap()].set($0, to: $1.state) }
        }
        for row in rows {
            history[row.namespace.detached(), default: OrderedKeyMap()].update(row.key.detached(), default: []) {
                versions in
                // A set that names a key twice writes it once.
                if versions.last != row.version { versions.append(row.version) }
            }
        }
        expiries[block] = nil
        for entry in updates.expiries { expiries[entry.expiringBlock, default: []].append(entry.detached()) }
        height = block &+ 1
    }

    private mutating func erase(_ purge: PurgedKey) {
        guard let values = privateState[purge.collection] else { return }
        for (key, value) in values.entries(in: .all, countMax: .max)
        where value.version < purge.version && Digest(of: key).bytes == purge.keyHash {
            privateState[purge.collection]?[key] = nil
        }
    }

    func value(of key: Bytes, in namespace: Bytes) -> StateValue? { publicState[namespace]?[key] }

    func rows(in range: KeyRange, of namespace: Bytes, countMax: Int) -> [StateRow] {
        Self.rows(publicState[namespace], in: range, countMax: countMax)
    }

    func hashedValue(of keyHash: Bytes, in collection: CollectionID) -> StateValue? {
        hashedState[collection]?[keyHash]
    }

    func privateValue(of key: Bytes, in collection: CollectionID) -> StateValue? { privateState[collection]?[key] }

    func privateRows(in range: KeyRange, of collection: CollectionID, countMax: Int) -> [StateRow] {
        Self.rows(privateState[collection], in: range, countMax: countMax)
    }

    func hashedRows(of collection: CollectionID) -> [StateRow] {
        Self.rows(hashedState[collection], in: .all, countMax: .max)
    }

    func expiries(at block: BlockNumber) -> [ExpiryEntry] { expiries[block] ?? [] }

    func writers(of key: Bytes, in namespace: Bytes, before: Version?, countMax: Int) -> [Version] {
        let all = history[namespace]?[key] ?? []
        let older = before.map { before in all.prefix { $0 < before } } ?? all[...]
        return Array(older.reversed().prefix(countMax))
    }

    var namespaces: [Bytes] { publicState.filter { $0.value.count > 0 }.keys.sorted() }
    var hashedCollections: [CollectionID] { hashedState.filter { $0.value.count > 0 }.keys.sorted() }
    var privateCollections: [CollectionID] { privateState.filter { $0.value.count > 0 }.keys.sorted() }

    private static func rows(_ map: OrderedKeyMap<StateValue>?, in range: KeyRange, countMax: Int) -> [StateRow] {
        map?.entries(in: range, countMax: countMax).map { StateRow(key: $0.key, state: $0.value) } ?? []
    }
}

extension OrderedKeyMap<StateValue> {
    fileprivate mutating func set(_ key: Bytes, to state: StateValue?) {
        self[key.detached()] = state.map {
            StateValue(value: $0.value.detached(), version: $0.version, metadata: $0.metadata.detached())
        }
    }
}

extension CollectionID {
    fileprivate func detached() -> CollectionID {
        CollectionID(namespace: namespace.detached(), collection: collection.detached())
    }
}

extension ExpiryEntry {
    fileprivate func detached() -> ExpiryEntry {
        ExpiryEntry(
            expiringBlock: expiringBlock, committingBlock: committingBlock, collection: collection.detached(),
            keyHash: keyHash.detached(), key: key?.detached())
    }
}
