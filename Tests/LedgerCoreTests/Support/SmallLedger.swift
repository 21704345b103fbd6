import FabricTypes
import LedgerCore

/// A ledger of small hand-made blocks, judged and committed as a peer would.
struct SmallLedger {
    let ledger = InMemoryLedger()
    var blocksToLive: [CollectionID: UInt64] = [:]

    var height: BlockNumber { ledger.height }
    var snapshot: InMemorySnapshot { ledger.inMemorySnapshot() }

    /// Commits the next block.
    @discardableResult
    mutating func commit(
        _ sets: [ReadWriteSet], privateSets: [PrivateWriteSet] = [], writeRule: WriteRule = .any
    ) throws -> [TransactionVerdict] {
        let number = ledger.height
        var transition = StateTransition(block: number, over: snapshot, writeRule: writeRule)
        let verdicts = try sets.enumerated().map { try transition.append($1, at: $0) }
        let refused = try transition.append(privateSets)
        precondition(refused.isEmpty, "hand-made private sets fit their transactions")
        let history = transition.history
        let updates = try transition.finish { blocksToLive[$0] ?? 0 }
        try ledger.commit(
            BlockCommit(
                number: number, headerHash: Digest(of: Bytes("\(number)")), block: Bytes(), codes: verdicts.map(\.code),
                transactionIDs: sets.indices.map { Bytes("\(number)/\($0)") }, updates: updates, history: history,
                privateSets: privateSets, commitHash: nil))
        return verdicts
    }

    /// Commits a simulated transaction in a block of its own, with its private data.
    @discardableResult
    mutating func commit(_ result: SimulationResult) throws -> TransactionVerdict {
        let privateSets = result.privateSet.map { [PrivateWriteSet(transactionIndex: 0, set: $0)] } ?? []
        return try commit([result.readWriteSet], privateSets: privateSets)[0]
    }

    /// A simulator over the last block whose chaincodes may have any of these collections.
    func simulator(
        organizations: [MSPID] = [], writeRule: WriteRule = .any,
        queryRowCountMax: Int = TransactionSimulator.queryRowCountMaxDefault
    ) -> TransactionSimulator {
        TransactionSimulator(
            transactionID: Bytes("tx"), over: snapshot, organizations: organizations, writeRule: writeRule,
            queryRowCountMax: queryRowCountMax)
    }

    /// Defines a chaincode, in a block of its own.
    mutating func define(_ name: String, collections: [String]) throws {
        let anybody = SignaturePolicyEnvelope(rule: .nOutOf(0, []), identities: [])
        let package = CollectionConfigPackage(
            collections.map { StaticCollectionConfig(name: Bytes($0), memberOrganizationsPolicy: anybody) })
        let metadata = LifecycleStateMetadata(
            datatype: LifecycleKeys.definitionDatatype, fields: LifecycleKeys.Field.allCases.map(\.name))
        let values: [(Bytes, Bytes)] = [
            (LifecycleKeys.metadata(of: Bytes(name)), metadata.encoded()),
            (LifecycleKeys.field(.sequence, of: Bytes(name)), LifecycleStateData(.integer(1)).encoded()),
            (
                LifecycleKeys.field(.collections, of: Bytes(name)),
                LifecycleStateData(.bytes(package.encoded())).encoded()
            ),
        ]
        var set = NamespaceReadWriteSet(namespace: LifecycleKeys.namespace)
        set.publicSet.writes = values.map { KVWrite(key: $0, value: $1) }
        try commit([ReadWriteSet(namespaces: [set])])
    }
}

extension ReadWriteSet {
    /// A set of one namespace; keys and values are texts, an empty value deletes.
    static func of(
        _ namespace: String = "n", reads: [(String, Version?)] = [], ranges: [RangeQueryInfo] = [],
        writes: [(String, String)] = [], metadata: [(String, String)] = [], collections: [CollectionReadWriteSet] = []
    ) -> ReadWriteSet {
        var set = NamespaceReadWriteSet(namespace: Bytes(namespace), collections: collections)
        set.publicSet.reads = reads.map { KVRead(key: Bytes($0), version: $1) }
        set.publicSet.rangeQueries = ranges
        set.publicSet.writes = writes.map { KVWrite(key: Bytes($0), value: Bytes($1)) }
        set.publicSet.metadataWrites = metadata.map {
            KVMetadataWrite(
                key: Bytes($0), entries: $1.isEmpty ? [] : [KVMetadataEntry(name: Bytes("m"), value: Bytes($1))])
        }
        return ReadWriteSet(namespaces: [set])
    }
}

extension Version {
    static func at(_ block: BlockNumber, _ transaction: UInt64 = 0) -> Version {
        Version(blockNumber: block, transactionIndex: transaction)
    }
}
