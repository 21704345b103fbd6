internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage

/// The recorded channel, committed to a ledger on disk as one peer did.
enum RecordedLedger {
    static let height: BlockNumber = 110

    /// Block files that a few hundred blocks fill several of.
    static var options: LedgerOptions {
        var options = LedgerOptions()
        options.segmentByteCount = 500_000
        return options
    }

    /// Opens the ledger in a folder and commits what it lacks.
    ///
    /// - Parameters:
    ///   - height: where to stop.
    ///   - model: commits the same blocks.
    static func write(
        _ path: String, to height: BlockNumber = height, beside model: InMemoryLedger? = nil
    ) throws -> SQLiteLedger {
        let ledger = try SQLiteLedger.open(folder: path, options: options)
        let sets = try privateSets()
        for bytes in try GoldenFiles.trade.blocks()[Int(ledger.height)..<Int(height)] {
            let commit = try commit(of: bytes, to: ledger, privateSets: sets)
            try ledger.commit(commit)
            try model?.commit(commit)
        }
        return ledger
    }

    /// What a recorded block does to a ledger that has all before it.
    static func commit(
        of bytes: Bytes, to ledger: SQLiteLedger, privateSets: [BlockNumber: [PrivateWriteSet]] = [:]
    ) throws -> BlockCommit {
        let block = try Block(decoding: bytes)
        let state = try ledger.snapshot()
        defer { state.close() }
        return try SQLiteLedger.byDefinitions(
            block, bytes, state, try ledger.lastCommitHash(), privateSets[block.number] ?? [])
    }

    private static func privateSets() throws -> [BlockNumber: [PrivateWriteSet]] {
        var sets: [BlockNumber: [PrivateWriteSet]] = [:]
        for entry in try GoldenFiles.trade.json("expected/private-writes.json").array
        where try entry["peer"].string == "peer0.alder.example" {
            let set = PrivateWriteSet(
                transactionIndex: Int(try entry["tx"].integer),
                set: try TxPvtReadWriteSet(decoding: entry["writeSet"].base64))
            sets[BlockNumber(try entry["block"].integer), default: []].append(set)
        }
        return sets
    }
}
