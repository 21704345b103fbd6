internal import FabricTypes
internal import LedgerCore
internal import Logging
internal import Membership

/// Finds the private writes that belong to a block's transactions, as far as this peer may hold them.
///
/// Looks first among what waits in the peer's own transient store, then asks the other peers of the process. What nobody
/// has is recorded as missing and the block goes on without. Source: Fabric's `gossip/privdata.PvtdataProvider`.
struct PrivateDataCollector: Sendable {
    let identity: Bytes
    let transientStore: any TransientStore
    /// Who else may be asked.
    let others: @Sendable () -> [any PrivateDataPeer]
    let logger: Logger

    struct Gathered: Sendable {
        var sets: [PrivateWriteSet] = []
        var missing: [MissingPrivateSet] = []
        /// Whether the block wrote to any collection at all, this peer's or not.
        var wasAnythingPrivate = false

        /// Takes back sets that turned out not to be what their transactions say.
        mutating func refuse(_ refused: [MissingPrivateSet]) {
            missing += refused
            for set in refused {
                sets = sets.compactMap { $0.transactionIndex == set.transactionIndex ? $0.without(set.collection) : $0 }
            }
        }
    }

    func gather(
        _ block: PreparedBlock, collections: CollectionReader<some StateReader>, configuration: ChannelConfiguration
    ) throws -> Gathered {
        var gathered = Gathered()
        var wanted: [PrivateSetRequest] = []
        var eligible: [CollectionID: Bool] = [:]
        let membership = CollectionMembership(configuration)
        for (index, transaction) in block.transactions.enumerated() {
            for request in transaction.privateSets(at: index, of: block.number) {
                gathered.wasAnythingPrivate = true
                let isEligible: Bool
                if let known = eligible[request.collection] {
                    isEligible = known
                } else {
                    isEligible =
                        try collections.collection(request.collection)
                        .map { membership.isMember(identity, of: $0) } ?? false
                    eligible[request.collection] = isEligible
                }
                if isEligible { wanted.append(request) }
            }
        }
        guard !wanted.isEmpty else { return gathered }

        var found = try ownSets(wanted)
        try askOthers(for: wanted, adding: &found)
        for request in wanted where found[request] == nil {
            gathered.missing.append(
                MissingPrivateSet(transactionIndex: request.transactionIndex, collection: request.collection))
        }
        gathered.sets = Self.assemble(wanted, found)
        return gathered
    }

    /// What waits here.
    private func ownSets(_ wanted: [PrivateSetRequest]) throws -> [PrivateSetRequest: Bytes] {
        var found: [PrivateSetRequest: Bytes] = [:]
        var contents: [Bytes: [TxPvtReadWriteSet]] = [:]
        for request in wanted {
            if contents[request.transactionID] == nil {
                contents[request.transactionID] = try transientStore.privateSets(ofTransaction: request.transactionID)
            }
            found[request] = contents[request.transactionID]?.lazy.compactMap { $0.set(for: request) }.first
        }
        return found
    }

    private func askOthers(
        for wanted: [PrivateSetRequest], adding found: inout [PrivateSetRequest: Bytes]
    ) throws {
        for peer in others() {
            let lacking = wanted.filter { found[$0] == nil }
            if lacking.isEmpty { return }
            let answers: [Bytes?]
            do {
                answers = try peer.privateSets(lacking, for: identity)
            } catch {
                // Another may have it, and the block goes on without it too.
                logger.debug("Peer gave no private data", metadata: ["error": "\(error)"])
                continue
            }
            for (request, answer) in zip(lacking, answers) {
                if let answer, Digest(of: answer).bytes == request.hash { found[request] = answer }
            }
        }
    }

    private static func assemble(
        _ wanted: [PrivateSetRequest], _ found: [PrivateSetRequest: Bytes]
    ) -> [PrivateWriteSet] {
        var sets: [PrivateWriteSet] = []
        var namespaces: [NsPvtReadWriteSet] = []
        // The requests ascend by transaction, and those of one namespace stand together.
        for (position, request) in wanted.enumerated() {
            if let bytes = found[request] {
                let set = CollectionPvtReadWriteSet(collection: request.collection.collection, readWriteSet: bytes)
                if let last = namespaces.indices.last, namespaces[last].namespace == request.collection.namespace {
                    namespaces[last].collections.append(set)
                } else {
                    namespaces.append(NsPvtReadWriteSet(namespace: request.collection.namespace, collections: [set]))
                }
            }
            let isLast =
                position + 1 == wanted.count || wanted[position + 1].transactionIndex != request.transactionIndex
            if isLast, !namespaces.isEmpty {
                sets.append(
                    PrivateWriteSet(
                        transactionIndex: request.transactionIndex, set: TxPvtReadWriteSet(namespaces: namespaces)))
                namespaces = []
            }
        }
        return sets
    }
}

extension PreparedTransaction {
    /// The private writes that the transaction says there are, each collection once.
    fileprivate func privateSets(at index: Int, of blockNumber: BlockNumber) -> [PrivateSetRequest] {
        var seen: Set<CollectionID> = []
        return (action?.readWriteSet.namespaces ?? []).flatMap { namespace in
            namespace.collections.compactMap { collection in
                let id = CollectionID(namespace: namespace.namespace, collection: collection.collection)
                guard !collection.privateSetHash.isEmpty, seen.insert(id).inserted else { return nil }
                return PrivateSetRequest(
                    transactionID: transactionID, blockNumber: blockNumber, transactionIndex: index, collection: id,
                    hash: collection.privateSetHash)
            }
        }
    }
}

extension TransientStore {
    /// The private writes that wait for a transaction's block. Entries that cannot be read are passed over: others may be
    /// good, and what is lacking counts as missing.
    func privateSets(ofTransaction id: Bytes) throws -> [TxPvtReadWriteSet] {
        try contents(ofTransaction: id).compactMap {
            try? TxPvtReadWriteSetWithConfigInfo(decoding: $0.content).privateSet
        }
    }
}

extension TxPvtReadWriteSet {
    /// The encoded writes to a collection, if they are those that the block names.
    func set(for request: PrivateSetRequest) -> Bytes? {
        for namespace in namespaces where namespace.namespace == request.collection.namespace {
            for collection in namespace.collections where collection.collection == request.collection.collection {
                if Digest(of: collection.readWriteSet).bytes == request.hash { return collection.readWriteSet }
            }
        }
        return nil
    }
}

extension PrivateWriteSet {
    /// The same without a collection; nil where nothing else is in it.
    fileprivate func without(_ id: CollectionID) -> PrivateWriteSet? {
        let kept = set.namespaces.compactMap { namespace -> NsPvtReadWriteSet? in
            guard namespace.namespace == id.namespace else { return namespace }
            let collections = namespace.collections.filter { $0.collection != id.collection }
            return collections.isEmpty
                ? nil : NsPvtReadWriteSet(namespace: namespace.namespace, collections: collections)
        }
        return kept.isEmpty
            ? nil : PrivateWriteSet(transactionIndex: transactionIndex, set: TxPvtReadWriteSet(namespaces: kept))
    }
}
