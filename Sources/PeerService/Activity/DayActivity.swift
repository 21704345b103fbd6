internal import FabricTypes
internal import LedgerCore

/// What a ledger took in on one day, in UTC, by the times that clients claim.
package struct DayActivity: Hashable, Sendable {
    package static let secondCount: Int64 = 86_400

    package private(set) var blockCount = 0
    package private(set) var transactionCount = 0
    package private(set) var invalidCount = 0
    /// Bytes of the encoded blocks.
    package private(set) var byteCount = 0
    package private(set) var endorsementCount = 0
    /// Bytes of endorsers' identities and signatures: what the vouching of organisations costs a ledger.
    package private(set) var endorsementByteCount = 0
    /// Of the transactions whose commit this peer has seen since it started.
    package private(set) var delays = CommitDelays()

    init() {}

    /// - Parameter committedAt: when the block was committed; nil where nobody knows.
    mutating func add(_ block: Block, byteCount: Int, committedAt: Timestamp?) {
        let codes = block.transactionsFilter.codes
        blockCount += 1
        self.byteCount += byteCount
        transactionCount += block.data.entries.count
        for (index, entry) in block.data.entries.enumerated() {
            // The genesis block has no codes.
            if codes.indices.contains(index), !codes[index].isValid { invalidCount += 1 }
            let transaction = PreparedTransaction(entry)
            for endorsement in transaction.action?.endorsements ?? [] {
                endorsementCount += 1
                endorsementByteCount += endorsement.endorser.count + endorsement.signature.count
            }
            guard let committedAt, let claimed = transaction.channelHeader?.timestamp,
                let delay = Self.microseconds(from: claimed, to: committedAt)
            else { continue }
            delays.add(microseconds: delay)
        }
    }

    mutating func add(_ other: DayActivity) {
        blockCount += other.blockCount
        transactionCount += other.transactionCount
        invalidCount += other.invalidCount
        byteCount += other.byteCount
        endorsementCount += other.endorsementCount
        endorsementByteCount += other.endorsementByteCount
        delays.add(other.delays)
    }

    /// Nil where the claim lies behind the commit, or so far before it that it tells nothing.
    private static func microseconds(from claimed: Timestamp, to committed: Timestamp) -> UInt64? {
        let (seconds, isTooFar) = committed.seconds.subtractingReportingOverflow(claimed.seconds)
        guard !isTooFar, (0...secondCount).contains(seconds) else { return nil }
        let microseconds = seconds * 1_000_000 + (Int64(committed.nanoseconds) - Int64(claimed.nanoseconds)) / 1_000
        return UInt64(exactly: microseconds)
    }

    /// Days since 1970-01-01 of a block, as its first transaction claims; nil where it claims nothing.
    static func day(of block: Block) -> Int64? {
        guard let entry = block.data.entries.first,
            let seconds = PreparedTransaction(entry).channelHeader?.timestamp?.seconds
        else { return nil }
        return day(ofSecond: seconds)
    }

    package static func day(ofSecond second: Int64) -> Int64 {
        second / secondCount - (second % secondCount < 0 ? 1 : 0)
    }
}
