package import FabricTypes
internal import GoldenLedger
package import LedgerCore

/// The recorded channel committed block by block into an in-memory ledger, as one of its peers saw it.
///
/// Signatures and policies are taken as recorded; conflicts are judged anew, so that every recorded code 0, 11 and 12 is a
/// verdict of ours.
package struct RecordedReplay: Sendable {
    package struct Mismatch: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    package static let peers = [
        "peer0.alder.example", "peer0.birch.example", "peer0.cedar.example", "peer1.alder.example",
    ]

    package let ledger = InMemoryLedger()
    /// The state at each height.
    package private(set) var snapshots: [InMemorySnapshot]
    package private(set) var conflicts: [Version: ReadConflict] = [:]
    private let privateSets: [BlockNumber: [PrivateWriteSet]]

    /// The regular blocks, as the peer committed them. Replayed once; do not commit to the ledger of it.
    package static func trade(peer: String = peers[0]) throws -> RecordedReplay {
        try recorded[peer, default: { try replayed(peer: peer) }]()
    }

    /// The same in a ledger of its own.
    package static func replayed(peer: String) throws -> RecordedReplay {
        var replay = try RecordedReplay(peer: peer)
        for block in try GoldenFiles.trade.blocks() { try replay.commit(block) }
        return replay
    }

    private static let alder0 = Result { try replayed(peer: peers[0]) }
    private static let birch0 = Result { try replayed(peer: peers[1]) }
    private static let cedar0 = Result { try replayed(peer: peers[2]) }
    private static let alder1 = Result { try replayed(peer: peers[3]) }
    private static let recorded: [String: @Sendable () throws -> RecordedReplay] = [
        peers[0]: { try alder0.get() }, peers[1]: { try birch0.get() }, peers[2]: { try cedar0.get() },
        peers[3]: { try alder1.get() },
    ]

    /// An empty ledger that will be handed what the recorded peer had of the private data.
    package init(peer: String) throws {
        var sets: [BlockNumber: [PrivateWriteSet]] = [:]
        for entry in try GoldenFiles.trade.json("expected/private-writes.json").array
        where try entry["peer"].string == peer {
            let set = PrivateWriteSet(
                transactionIndex: Int(try entry["tx"].integer),
                set: try TxPvtReadWriteSet(decoding: entry["writeSet"].base64))
            sets[BlockNumber(try entry["block"].integer), default: []].append(set)
        }
        privateSets = sets
        snapshots = [ledger.inMemorySnapshot()]
    }

    package mutating func commit(_ bytes: Bytes) throws {
        let block = try Block(decoding: bytes)
        let codes = block.transactionsFilter.codes
        var transition = StateTransition(block: block.number, over: ledger.inMemorySnapshot())
        var ids: [Bytes] = []
        for (index, entry) in block.data.entries.enumerated() {
            let (header, payload) = Self.headers(of: entry)
            ids.append(header?.transactionID ?? Bytes())
            guard let payload, [.valid, .mvccReadConflict, .phantomReadConflict].contains(codes[index]) else {
                continue
            }
            if header?.type == .config {
                transition.append(configEnvelope: payload.data, at: index)
                continue
            }
            let set = try ReadWriteSet(decoding: Self.results(of: payload))
            let verdict = try transition.append(set, at: index)
            guard verdict.code == codes[index] else {
                throw Mismatch(description: "\(block.number):\(index): \(verdict) instead of \(codes[index])")
            }
            if case .conflict(let conflict) = verdict {
                conflicts[Version(blockNumber: block.number, transactionIndex: UInt64(index))] = conflict
            }
        }
        let privateSets = privateSets[block.number] ?? []
        // A purging transaction's own private writes were recorded after the purge had erased them.
        let purging = Set(transition.updates.purges.map { Int($0.version.transactionIndex) })
        let refused = try transition.append(privateSets).filter { !purging.contains($0.transactionIndex) }
        guard refused.isEmpty else { throw Mismatch(description: "\(block.number): private data refused: \(refused)") }
        let commitHash =
            block.number == 0
            ? nil : CommitHash.next(codes: codes, updates: transition.updates, previous: try ledger.lastCommitHash())
        guard try commitHash == block.commitHash() else {
            throw Mismatch(description: "\(block.number): commit hash \(String(describing: commitHash))")
        }
        let history = transition.history
        let definitions = DefinitionReader(ledger.inMemorySnapshot())
        let updates = try transition.finish(blocksToLive: definitions.blocksToLive)
        let expiries = try PrivateSetLifetime.expiries(
            of: block.number, sets: privateSets, missing: [], blocksToLive: definitions.blocksToLive)
        let commit = BlockCommit(
            number: block.number, headerHash: block.header.hash, block: bytes, codes: codes, transactionIDs: ids,
            updates: updates, history: history, privateSets: privateSets,
            privateSetExpiries: expiries, commitHash: commitHash)
        try ledger.commit(commit)
        snapshots.append(ledger.inMemorySnapshot())
    }

    /// The read-write set of a recorded endorser transaction.
    package static func results(of payload: Payload) throws -> Bytes {
        let actions = try Transaction(decoding: payload.data).actions
        guard let action = actions.first else { throw Mismatch(description: "a transaction without action") }
        let endorsed = try ChaincodeActionPayload(decoding: action.payload).action
        let response = try ProposalResponsePayload(decoding: endorsed?.proposalResponsePayload ?? Bytes())
        return try ChaincodeAction(decoding: response.extension).results
    }

    /// What can be read of a recorded envelope, which may be damaged.
    package static func headers(of entry: Bytes) -> (header: ChannelHeader?, payload: Payload?) {
        guard let envelope = try? Envelope(decoding: entry), let payload = try? Payload(decoding: envelope.payload)
        else {
            return (nil, nil)
        }
        let header = payload.header.flatMap { try? ChannelHeader(decoding: $0.channelHeader) }
        return (header, payload)
    }
}
