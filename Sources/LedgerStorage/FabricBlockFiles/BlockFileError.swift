/// Why stored blocks cannot be read from where they should lie.
package struct BlockFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The path holds no blocks in any form known here.
        case noBlocks
        /// The path holds the blocks of several channels.
        case severalChannels
        /// The operating system refused to list or read.
        case unreadable
    }

    package let code: Code
    /// Whole sentences: what failed, which path, why, what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
