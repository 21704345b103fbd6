package import FabricTypes
internal import Synchronization

/// A channel's ledger in memory: for tests, audits and demonstrations. Nothing outlives the process.
///
/// Snapshots are free and unlimited.
package final class InMemoryLedger: LedgerStore {
    private struct Content {
        var blocks: [Bytes] = []
        var numbers: [Digest: BlockNumber] = [:]
        var positions: [Bytes: TransactionPosition] = [:]
        var state = InMemoryState()
        var privateSets = InMemoryPrivateSets()
        var lastCommitHash: Digest?
    }

    private let content = Mutex(Content())

    package init() {}

    package var height: BlockNumber {
        content.withLock { BlockNumber($0.blocks.count) }
    }

    package func block(_ number: BlockNumber) throws -> Bytes? {
        content.withLock { number < BlockNumber($0.blocks.count) ? $0.blocks[Int(number)] : nil }
    }

    package func blockNumber(ofHeaderHash hash: Digest) throws -> BlockNumber? {
        content.withLock { $0.numbers[hash] }
    }

    package func position(ofTransaction id: Bytes) throws -> TransactionPosition? {
        content.withLock { $0.positions[id] }
    }

    package func lastCommitHash() throws -> Digest? {
        content.withLock { $0.lastCommitHash }
    }

    package func snapshot() throws -> any LedgerSnapshot {
        inMemorySnapshot()
    }

    /// The snapshot with what only the in-memory ledger can tell.
    package func inMemorySnapshot() -> InMemorySnapshot {
        InMemorySnapshot(content.withLock { $0.state })
    }

    package func privateSets(ofBlock number: BlockNumber) throws -> [PrivateWriteSet] {
        content.withLock { $0.privateSets[number] }
    }

    package func commit(_ commit: BlockCommit) throws {
        try content.withLock { content in
            guard commit.number == BlockNumber(content.blocks.count) else {
                throw LedgerStoreError(
                    .unexpectedBlock,
                    "Block \(commit.number) cannot be committed: block \(content.blocks.count) is next.")
            }
            guard commit.codes.count == commit.transactionIDs.count else {
                throw LedgerStoreError(
                    .unexpectedBlock,
                    "Block \(commit.number) cannot be committed: it comes with \(commit.codes.count) codes and "
                        + "\(commit.transactionIDs.count) transaction ids.")
            }
            content.blocks.append(commit.block)
            content.numbers[commit.headerHash] = commit.number
            for (index, id) in commit.transactionIDs.enumerated() where !id.isEmpty && content.positions[id] == nil {
                content.positions[id] = TransactionPosition(
                    blockNumber: commit.number, transactionIndex: index, code: commit.codes[index])
            }
            content.state.apply(commit.updates, history: commit.history, of: commit.number)
            content.privateSets.apply(commit)
            content.lastCommitHash = commit.commitHash
        }
    }
}
