/// Why a ledger's store could not do its part. A missing key or block is no error.
package struct LedgerStoreError: Error, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The snapshot was given back. A bug of the caller's.
        case snapshotClosed
        /// All snapshots are in use. Worth a retry when one of them is given back.
        case noSnapshotLeft
        /// The block is not the next one, or is not whole. A bug of the caller's.
        case unexpectedBlock
        /// Reading or writing failed, or what was read cannot be right. The store serves no more; the node must stop.
        case failed
    }

    package let code: Code
    /// A whole sentence: what failed, for which ledger or block, and what to do.
    package let message: String
    /// The error underneath, for the log.
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { message }
}
