package import FabricTypes
internal import Membership

/// Why a block is not the next of a channel. It must not be committed; the same number from elsewhere may be good.
package struct BlockRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
        /// Not the number that follows.
        case number
        /// Does not point to the block before.
        case previousHash
        /// Fewer metadata slots than blocks have.
        case metadata
        /// No transactions, or one in a form that blocks may not hold.
        case form
        /// The transactions are not those of the header.
        case dataHash
        /// The signatures do not satisfy the channel's policy for blocks.
        case signature
    }

    package let code: Code
    package let blockNumber: BlockNumber
    /// A whole sentence.
    package let message: String

    package init(_ code: Code, block blockNumber: BlockNumber, _ message: String) {
        self.code = code
        self.blockNumber = blockNumber
        self.message = message.bounded
    }

    package var description: String { message }
}
