package import FabricTypes

/// Why a request for blocks ends otherwise than with its last block. The protocol expects it: it is an answer.
package struct SeekRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the client is told. It learns no more than this.
    package let status: StatusCode
    /// A whole sentence, for the node's own log.
    package let message: String

    package init(_ status: StatusCode, _ message: String) {
        self.status = status
        self.message = message
    }

    package var description: String { message }
}
