package import FabricTypes

/// Runs one transaction against a frozen state and records what it reads and writes.
///
/// Reads see the committed state only, never the transaction's own writes. Everything that Fabric's simulator records is
/// recorded here, so that endorsements of both are equal byte for byte; see ``ReadWriteSetBuilder`` for the order. One
/// simulator serves all chaincodes that a transaction runs through: the namespace comes with each call.
///
/// A value with mutating methods: its owner sees to it that one call runs at a time. Calls read the state and so may block.
/// Source: Fabric's `txmgr.txSimulator` and `txmgr.queryExecutor`.
package struct TransactionSimulator: Sendable {
    /// How many rows a query answers without pagination, as in Fabric's sample configuration.
    package static let queryRowCountMaxDefault = 100_000

    package let transactionID: Bytes
    let reader: any StateReader
    private let queryRowCountMax: Int
    private let writeRule: WriteRule
    /// The MSPs of the channel's application organisations: whose implicit collections exist.
    private let organizations: Set<MSPID>

    var builder = ReadWriteSetBuilder()
    var privateReads: Set<CollectionID> = []
    /// Of the chaincodes whose private data was asked for, as far as they are defined.
    private var definitions: [Bytes: ChaincodeDefinition] = [:]

    private var hasWritten = false
    private var hasQueriedPrivateState = false
    private var hasPaginated = false
    private var functionCallCount = 0

    /// In the order of opening; a read stays here for the record after its query is closed.
    private var ranges: [RangeRead] = []
    private var batches: [QueryID: QueryBatches<StateRow>] = [:]

    /// - Parameters:
    ///   - transactionID: for messages.
    ///   - reader: the frozen state. The caller gives it back when the simulation ends.
    ///   - organizations: the MSP IDs of the channel's application organisations.
    ///   - writeRule: what the channel's peers can store.
    package init(
        transactionID: Bytes, over reader: any StateReader, organizations: some Sequence<MSPID>,
        writeRule: WriteRule = .any, queryRowCountMax: Int = queryRowCountMaxDefault
    ) {
        self.transactionID = transactionID
        self.reader = reader
        self.organizations = Set(organizations)
        self.writeRule = writeRule
        self.queryRowCountMax = queryRowCountMax
    }

    /// The number of blocks whose effects the transaction sees.
    package var height: BlockNumber { reader.height }

    /// Ends the simulation.
    ///
    /// - Throws: ``SimulationError`` where a written key's policy in the state does not decode, as Fabric does; the store's
    ///   errors.
    package consuming func finish() throws -> SimulationResult {
        for range in ranges {
            if case .publicState(let namespace) = range.space { builder.addRange(range.recorded, in: namespace) }
        }
        let (set, privateSet) = builder.build()
        let interest = try makeInterest(of: set)
        return SimulationResult(readWriteSet: set, results: set.encoded(), privateSet: privateSet, interest: interest)
    }
}

// MARK: - Public state

extension TransactionSimulator {
    /// The value under a key, nil where there is none. Recorded with its version.
    package mutating func value(of key: Bytes, in namespace: Bytes) throws -> Bytes? {
        try read(key, in: namespace)?.value
    }

    /// Several values at once, in the order of the keys.
    package mutating func values(of keys: [Bytes], in namespace: Bytes) throws -> [Bytes?] {
        var values: [Bytes?] = []
        values.reserveCapacity(keys.count)
        for key in keys { values.append(try value(of: key, in: namespace)) }
        return values
    }

    /// A key's metadata. Recorded as a read of the key.
    package mutating func metadata(of key: Bytes, in namespace: Bytes) throws -> [KVMetadataEntry] {
        try KeyMetadata(decoding: read(key, in: namespace)?.metadata ?? Bytes())?.entries ?? []
    }

    /// Writes a key; an empty value deletes it.
    package mutating func put(_ value: Bytes, at key: Bytes, in namespace: Bytes) throws {
        try checkOwn(key, in: namespace)
        try willWrite(value, at: key)
        builder.addWrite(key, in: namespace, value: value)
    }

    package mutating func delete(_ key: Bytes, in namespace: Bytes) throws {
        try put(Bytes(), at: key, in: namespace)
    }

    /// Replaces a key's metadata; no entries remove it. Names that occur twice count once, the last.
    package mutating func putMetadata(_ entries: [KVMetadataEntry], of key: Bytes, in namespace: Bytes) throws {
        try checkOwn(key, in: namespace)
        try willWrite(Bytes(), at: key)
        builder.addMetadataWrite(key, in: namespace, entries: try sorted(entries))
    }

    /// Records a row that a rich query over the public state returned. Such reads are checked at commit row by row; rows that
    /// come to match later are not noticed.
    package mutating func recordQueryResult(_ key: Bytes, in namespace: Bytes, version: Version) throws {
        try check(key, in: namespace)
        builder.addRead(key, in: namespace, version: version)
    }

    /// To be asked before a function is called: whether the transaction may call one more.
    package mutating func willCallFunction() -> Bool {
        guard functionCallCount < FunctionRequest.countMax else { return false }
        functionCallCount += 1
        return true
    }

    /// Notes what a function answered, as the read of a key that exists in no state.
    package mutating func record(_ call: RecordedCall, in namespace: Bytes) throws {
        try check(call.key, in: namespace)
        builder.addRead(call.key, in: namespace, version: nil)
    }

    private mutating func read(_ key: Bytes, in namespace: Bytes) throws -> StateValue? {
        try checkOwn(key, in: namespace)
        let state = try reader.value(of: key, in: namespace)
        builder.addRead(key, in: namespace, version: state?.version)
        return state
    }
}

// MARK: - Rules

extension TransactionSimulator {
    /// Keys and names are texts in the read-write set: one that is no UTF-8 would make it undecodable for every peer.
    func check(_ key: Bytes, in namespace: Bytes) throws(SimulationError) {
        guard key.isUTF8, namespace.isUTF8 else {
            throw SimulationError(
                .keyNotUTF8, "Key \(key) of \"\(namespace.lossyText)\" is not UTF-8, which keys have to be.")
        }
    }

    /// What a contract reads and writes by key is its own: a key that stands for a function's call would say what never was,
    /// and once written it would make every later call stale. Only this peer's simulations hold to it; what others endorsed
    /// is validated as Fabric does.
    private func checkOwn(_ key: Bytes, in namespace: Bytes) throws(SimulationError) {
        try check(key, in: namespace)
        guard !RecordedCall.isReserved(key) else {
            throw SimulationError(
                .reservedKey,
                "Contract \"\(namespace.lossyText)\" can neither read nor write keys that begin with U+0000 duet.call U+0000: they "
                    + "stand for calls of functions, which the peer records. Choose another key.")
        }
    }

    func sorted(_ entries: [KVMetadataEntry]) throws(SimulationError) -> [KVMetadataEntry] {
        var byName: [Bytes: Bytes] = [:]
        for entry in entries {
            guard entry.name.isUTF8 else {
                throw SimulationError(.keyNotUTF8, "Metadata name \(entry.name) is not UTF-8, which names have to be.")
            }
            byName[entry.name] = entry.value
        }
        return byName.sorted { $0.key < $1.key }.map { KVMetadataEntry(name: $0.key, value: $0.value) }
    }

    mutating func willWrite(_ value: Bytes, at key: Bytes) throws(SimulationError) {
        if hasQueriedPrivateState {
            throw readOnly("Transaction has already performed queries on pvt data. Writes are not allowed")
        }
        if hasPaginated {
            throw readOnly("Transaction has already performed a paginated query. Writes are not allowed")
        }
        hasWritten = true
        if let reason = writeRule.refusal(ofKey: key, value: value) { throw SimulationError(.notStorable, reason) }
    }

    /// To be asked before a query over private state, by range or rich; such queries are not protected against changes.
    package mutating func willQueryPrivateState() throws(SimulationError) {
        if hasWritten { throw readOnly("Queries on pvt data is supported only in a read-only transaction") }
        hasQueriedPrivateState = true
    }

    /// To be asked before a paginated query, by range or rich.
    package mutating func willPaginate() throws(SimulationError) {
        if hasWritten { throw readOnly("Paginated queries are supported only in a read-only transaction") }
        hasPaginated = true
    }

    /// Fabric's words, to the letter.
    private func readOnly(_ reason: String) -> SimulationError {
        SimulationError(.readOnly, "txid [\(transactionID.lossyText)]: unsuppored transaction. \(reason)")
    }

    /// A collection's definition, explicit or implicit, for the endorser's question who may use it; nil where the chaincode
    /// has no such collection. An implicit one is answered also for an organisation outside the channel.
    ///
    /// The definition is read as part of the transaction, so that a change of it makes the transaction invalid. Fabric's
    /// peers record these reads of `_lifecycle` with every use of private data.
    package mutating func collection(_ id: CollectionID) throws -> StaticCollectionConfig? {
        guard let definition = try definition(of: id.namespace) else { return nil }
        if let organization = ImplicitCollection.organization(of: id.collection) {
            return ImplicitCollection.configuration(of: organization, maximumPeerCount: 0)
        }
        return definition.collection(named: id.collection)
    }

    private mutating func definition(of namespace: Bytes) throws -> ChaincodeDefinition? {
        if let known = definitions[namespace] { return known }
        let definition = try ChaincodeDefinition.load(namespace) { try value(of: $0, in: LifecycleKeys.namespace) }
        definitions[namespace] = definition
        return definition
    }

    /// Refuses collections that the chaincode's definition does not have.
    mutating func check(_ id: CollectionID) throws {
        guard let definition = try definition(of: id.namespace) else {
            throw SimulationError(
                .unknownCollection,
                "collection config not defined for chaincode [\(id.namespace.lossyText)], "
                    + "pass the collection configuration upon chaincode definition/instantiation")
        }
        let isKnown =
            if let organization = ImplicitCollection.organization(of: id.collection) {
                organizations.contains(organization)
            } else {
                definition.collection(named: id.collection) != nil
            }
        guard isKnown else {
            throw SimulationError(
                .unknownCollection,
                "collection [\(id.collection.lossyText)] not defined in the collection config for chaincode "
                    + "[\(id.namespace.lossyText)]")
        }
    }
}

// MARK: - Ranges

/// Names an open query of one simulation.
package struct QueryID: Hashable, Sendable {
    let index: Int
}

/// One page of a range.
package struct RangePage: Hashable, Sendable {
    package let rows: [StateRow]
    /// Where the next page starts; empty at the end.
    package let bookmark: Bytes
}

extension TransactionSimulator {
    /// Opens a range of public keys for ``nextBatch(of:)``. What is read of it is protected against phantoms.
    package mutating func openRange(_ range: KeyRange, in namespace: Bytes) throws -> QueryID {
        try check(range, in: namespace)
        return open(RangeRead(range, of: .publicState(namespace: namespace)))
    }

    /// Opens a range of private keys. Nothing of it is recorded, and the transaction may not write any more.
    package mutating func openPrivateRange(_ range: KeyRange, of id: CollectionID) throws -> QueryID {
        try willQueryPrivateState()
        try check(id)
        try check(range, in: id.namespace)
        return open(RangeRead(range, of: .privateState(id)))
    }

    /// The next rows of an open range. The last batch closes it.
    ///
    /// - Throws: ``SimulationError`` for a query that is closed; the store's errors.
    package mutating func nextBatch(of id: QueryID) throws -> QueryBatch<StateRow> {
        guard var query = batches[id] else {
            throw SimulationError(
                .unknownQuery, "The query was closed already, by the chaincode or with its last batch.")
        }
        let reader = reader
        let batch = try query.next { try ranges[id.index].next(from: reader) }
        batches[id] = batch.hasMore ? query : nil
        return batch
    }

    /// Ends a query early. What it has read stays recorded. Closing twice does nothing.
    package mutating func close(_ id: QueryID) {
        batches[id] = nil
    }

    /// A page of a range of public keys. The transaction may not write any more.
    ///
    /// - Parameters:
    ///   - size: rows at most; all of the range, up to the limit of queries, for 0 and below.
    ///   - bookmark: where an earlier page ended, in place of the range's start; empty for the first one.
    package mutating func page(
        of range: KeyRange, in namespace: Bytes, size: Int, bookmark: Bytes
    ) throws -> RangePage {
        try willPaginate()
        let start = bookmark.isEmpty ? range.start : bookmark
        let range = KeyRange(start: start, end: range.end)
        try check(range, in: namespace)
        let countMax = size > 0 ? min(size, queryRowCountMax) : queryRowCountMax
        // The row behind the page is the bookmark.
        var read = RangeRead(range, of: .publicState(namespace: namespace), fetchCountMax: min(countMax + 1, 1_000))
        var rows: [StateRow] = []
        while rows.count < countMax, let row = try read.next(from: reader) { rows.append(row) }
        let next = try read.peek(from: reader)
        ranges.append(read)
        return RangePage(rows: rows, bookmark: next?.key ?? Bytes())
    }

    private func check(_ range: KeyRange, in namespace: Bytes) throws(SimulationError) {
        try check(range.start, in: namespace)
        try check(range.end, in: namespace)
    }

    private mutating func open(_ range: RangeRead) -> QueryID {
        let id = QueryID(index: ranges.count)
        ranges.append(range)
        batches[id] = QueryBatches(totalCountMax: queryRowCountMax)
        return id
    }
}
