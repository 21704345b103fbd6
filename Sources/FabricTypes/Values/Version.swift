/// A block's position in its channel's ledger; the genesis block is 0.
///
/// Not to be mixed up with a ledger's *height*, which is the number of its last block plus one.
public typealias BlockNumber = UInt64

/// The place of a committed transaction, which is also the version of every key it wrote.
///
/// Source: Fabric's `kvrwset.Version` and `version.Height`.
public struct Version: Hashable, Sendable {
    public let blockNumber: BlockNumber
    /// The transaction's index within the block, from 0.
    public let transactionIndex: UInt64

    public init(blockNumber: BlockNumber, transactionIndex: UInt64) {
        self.blockNumber = blockNumber
        self.transactionIndex = transactionIndex
    }
}

extension Version: Comparable {
    public static func < (left: Version, right: Version) -> Bool {
        (left.blockNumber, left.transactionIndex) < (right.blockNumber, right.transactionIndex)
    }
}

extension Version: CustomStringConvertible {
    /// `block:transaction`, for messages.
    public var description: String { "\(blockNumber):\(transactionIndex)" }
}
