/// Why a request of the channel participation API is refused.
package struct ParticipationError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case channelUnknown
        case channelExists
        /// The channel is being removed: try again later.
        case removalPending
        /// An earlier removal failed; what is left is removed when the node is started again.
        case removalFailed
        /// What was sent is not what it should be.
        case malformed
        /// What was sent is well-formed, but this orderer or the channel's rules do not take it.
        case refused
        case blockUnknown
        /// The log could not be written or read.
        case storage
    }

    package let code: Code
    /// A stock orderer's words where these are known: they are part of the API.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    static let channelUnknown = ParticipationError(.channelUnknown, "channel does not exist")
    static let channelExists = ParticipationError(.channelExists, "channel already exists")
    static let removalPending = ParticipationError(.removalPending, "channel pending removal")
    static let removalFailed = ParticipationError(.removalFailed, "channel removal failure")
}
