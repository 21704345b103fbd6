internal import FabricTypes

/// Why a peer could not do its part for a channel.
package struct PeerError: Error, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The peer has not joined the channel.
        case unknownChannel
        /// The peer has joined the channel before.
        case channelExists
        /// The block is none to start a channel with.
        case unusableGenesis
        /// The channel commits nothing more until the node is started again; what is committed can still be read.
        case channelStopped
        /// More wait than the peer has room for. Worth a retry.
        case tooManyWaiters
        /// Fewer peers than a collection requires could be given a transaction's private data. Worth a retry when more
        /// are up.
        case privateDataNotHandedOver
    }

    package let code: Code
    /// Whole sentences: what failed, for which channel, why, what to do. Safe to show to a client.
    package let message: String
    /// The error underneath. Logged, never sent.
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { message }
}

extension PeerError {
    static func unknownChannel(_ id: ChannelID) -> PeerError {
        PeerError(.unknownChannel, "This peer has not joined channel \"\(id)\".")
    }

    static func tooManyWaiters(_ countMax: Int) -> PeerError {
        PeerError(.tooManyWaiters, "\(countMax) callers wait for this channel's next block already. Try again later.")
    }
}
