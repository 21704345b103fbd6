package import FabricTypes
internal import GoldenLedger
package import LedgerCore
package import LedgerStorage

/// Blocks made from a seed, with everything that a block can do to a ledger.
///
/// The same seed and state give the same block, so that a run that was cut off can go on.
package struct MadeLedger {
    package static let collection = CollectionID(namespace: Bytes("cars"), collection: Bytes("secret"))
    package static let shortLived = CollectionID(namespace: Bytes("cars"), collection: Bytes("brief"))
    package static let blocksToLive: UInt64 = 2

    package let seed: UInt64

    package init(seed: UInt64) {
        self.seed = seed
    }

    package static let replay = BlockReplay { collection, _ in collection == shortLived ? blocksToLive : 0 }

    /// Opens a ledger whose blocks were made here.
    package static func open(
        _ path: String, options: LedgerOptions = LedgerOptions(),
        progress: (LedgerRecoveryProgress) throws -> Void = { _ in }
    ) throws -> SQLiteLedger {
        try SQLiteLedger.open(
            folder: path, options: options,
            replay: { block, bytes, state, hash, sets in
                try replay.commit(of: block, bytes: bytes, over: state, previousCommitHash: hash, privateSets: sets)
            }, progress: progress)
    }

    /// The next block of a ledger that holds only blocks of this seed.
    package func nextCommit(for ledger: some LedgerStore, transactionCount: Int = 6) throws -> BlockCommit {
        let number = ledger.height
        var random = SeededGenerator(seed: seed &* 1_000_003 &+ number)
        let contents = (0..<transactionCount).map { _ in Self.transaction(&random, number: number) }
        let previous = try number == 0 ? nil : ledger.block(number - 1).map { try Block(decoding: $0).header }
        let envelopes = contents.enumerated().map { Self.envelope($1.set, id: "tx-\(seed)-\(number)-\($0)") }
        var block = previous.map { Block(following: $0, envelopes: envelopes) } ?? Block(genesis: envelopes[0])
        let codes = block.data.entries.indices.map { _ in
            Int.random(in: 0..<5, using: &random) == 0 ? ValidationCode.mvccReadConflict : .valid
        }
        block.transactionsFilter = TransactionsFilter(codes)
        let sets = contents.prefix(block.data.entries.count).enumerated().compactMap { index, content in
            content.secret.map { PrivateWriteSet(transactionIndex: index, set: $0) }
        }
        let state = try ledger.snapshot()
        defer { state.close() }
        if number > 0 {
            let valid = codes.indices.filter { codes[$0].isValid }.map { ($0, contents[$0].set) }
            let updates = try Self.updates(of: valid, block: number, over: state)
            block.setCommitHash(CommitHash.next(codes: codes, updates: updates, previous: try ledger.lastCommitHash()))
        }
        var commit = try Self.replay.commit(
            of: block, bytes: block.encoded(), over: state, previousCommitHash: try ledger.lastCommitHash(),
            privateSets: sets)
        commit.privateSetExpiries = [Self.shortLived: number + Self.blocksToLive + 1]
        return commit
    }

    /// The next block of a ledger, with transactions that are all valid.
    package static func commit(_ sets: [ReadWriteSet], for ledger: some LedgerStore) throws -> BlockCommit {
        let number = ledger.height
        let envelopes = sets.enumerated().map { envelope($1, id: "tx-\(number)-\($0)") }
        let previous = try number == 0 ? nil : ledger.block(number - 1).map { try Block(decoding: $0).header }
        var block = previous.map { Block(following: $0, envelopes: envelopes) } ?? Block(genesis: envelopes[0])
        let codes = block.data.entries.map { _ in ValidationCode.valid }
        block.transactionsFilter = TransactionsFilter(codes)
        let state = try ledger.snapshot()
        defer { state.close() }
        if number > 0 {
            let updates = try updates(of: Array(zip(codes.indices, sets)), block: number, over: state)
            block.setCommitHash(CommitHash.next(codes: codes, updates: updates, previous: try ledger.lastCommitHash()))
        }
        return try replay.commit(
            of: block, bytes: block.encoded(), over: state, previousCommitHash: try ledger.lastCommitHash(),
            privateSets: [])
    }

    private static func updates(
        of sets: [(Int, ReadWriteSet)], block: BlockNumber, over state: some LedgerSnapshot
    ) throws -> StateUpdates {
        var transition = StateTransition(block: block, over: state)
        for (index, set) in sets { try transition.appendUnjudged(set, at: index) }
        return transition.updates
    }

    private static func transaction(
        _ random: inout SeededGenerator, number: BlockNumber
    ) -> (set: ReadWriteSet, secret: TxPvtReadWriteSet?) {
        var namespace = NamespaceReadWriteSet(namespace: Bytes(Bool.random(using: &random) ? "cars" : "boats"))
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let key = Self.key(&random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                namespace.publicSet.writes.append(KVWrite(key: key, value: Bytes()))
            } else {
                let size = Int.random(in: 0...9, using: &random)
                let value = Bytes("{\"size\":\(size),\"color\":\"c\(size % 3)\",\"in\":\(number)}")
                namespace.publicSet.writes.append(KVWrite(key: key, value: value))
            }
            if Int.random(in: 0..<6, using: &random) == 0 {
                namespace.publicSet.metadataWrites.append(
                    KVMetadataWrite(key: key, entries: [KVMetadataEntry(name: Bytes("P"), value: Bytes("m\(number)"))]))
            }
        }
        namespace.publicSet.writes.sort { $0.key < $1.key }
        guard namespace.namespace == collection.namespace, Bool.random(using: &random) else {
            return (ReadWriteSet(namespaces: [namespace]), nil)
        }
        let (hashed, secret) = Self.secret(&random)
        namespace.collections = [hashed]
        return (ReadWriteSet(namespaces: [namespace]), secret)
    }

    private static func secret(
        _ random: inout SeededGenerator
    ) -> (hashed: CollectionReadWriteSet, secret: TxPvtReadWriteSet) {
        let id = Bool.random(using: &random) ? collection : shortLived
        let key = Self.key(&random)
        let kind = Int.random(in: 0..<6, using: &random)
        let value = kind < 4 ? Bytes("s\(Int.random(in: 0...99, using: &random))") : Bytes()
        var plain = KVRWSet()
        plain.writes = [KVWrite(key: key, value: value)]
        var hashed = HashedRWSet()
        hashed.writes = [
            KVWriteHash(key: key, value: value, isPurge: kind == 5)
        ]
        let writes = plain.encoded()
        let namespace = NsPvtReadWriteSet(
            namespace: id.namespace,
            collections: [CollectionPvtReadWriteSet(collection: id.collection, readWriteSet: writes)])
        return (
            CollectionReadWriteSet(
                collection: id.collection, hashedSet: hashed, privateSetHash: Digest(of: writes).bytes),
            TxPvtReadWriteSet(namespaces: [namespace])
        )
    }

    private static func key(_ random: inout SeededGenerator) -> Bytes {
        let names = ["a", "ab", "\u{0}c\u{0}", "\u{10FFFF}", "é", "z"]
        return Bytes(names[Int.random(in: names.indices, using: &random)] + "\(Int.random(in: 0...7, using: &random))")
    }

    private static func envelope(_ set: ReadWriteSet, id: String) -> Bytes {
        var action = ChaincodeAction()
        action.results = set.encoded()
        var response = ProposalResponsePayload()
        response.extension = action.encoded()
        let endorsed = ChaincodeEndorsedAction(proposalResponsePayload: response.encoded(), endorsements: [])
        let payload = ChaincodeActionPayload(chaincodeProposalPayload: Bytes(), action: endorsed)
        var header = ChannelHeader()
        header.type = .endorserTransaction
        header.transactionID = Bytes(id)
        return Envelope(
            payload: Payload(
                header: Header(channelHeader: header.encoded(), signatureHeader: Bytes()),
                data: Transaction(actions: [TransactionAction(header: Bytes(), payload: payload.encoded())]).encoded()
            ).encoded(), signature: Bytes("s")
        ).encoded()
    }
}
