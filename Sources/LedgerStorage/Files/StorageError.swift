/// Why a ledger cannot be opened, read or written.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The operating system refused: permissions, a full disk, a missing file. Nothing that was acknowledged is lost.
        case inputOutput
        /// No space is left. Nothing that was acknowledged is lost; the node stops acknowledging.
        case diskFull
        /// A sync failed: what the disk holds is unknown. Final: the process must stop and recover.
        case syncFailed
        /// Stored bytes are not what was written. The node must not go on over them.
        case damaged
        /// The database holds more blocks than the block files: acknowledged blocks are lost.
        case blocksMissing
        /// Another process has the folder open.
        case locked
        /// The folder belongs to another ledger, or to a newer version of this program.
        case foreign
        /// The caller asked for what a ledger does not allow, such as a block out of order.
        case misuse
    }

    package let code: Code
    /// A whole sentence: what failed, where, and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
