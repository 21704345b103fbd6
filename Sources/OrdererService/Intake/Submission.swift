internal import FabricTypes
internal import OrderingCore

/// An envelope on its way into a block.
struct Submission: Sendable {
    enum Content: Sendable {
        /// - Parameter sequence: of the configuration that admitted it.
        case normal(ReceivedEnvelope, sequence: UInt64)
        /// - Parameter update: what the client sent, to be proposed again if the configuration has changed by then.
        case config(update: ReceivedEnvelope, ConfigProposal)
    }

    let content: Content
    /// When it came in, by the orderer's uptime.
    let arrival: Duration
    /// Called once: with success when the block is durable.
    let answer: @Sendable (BroadcastResponse) -> Void

    var byteCount: Int {
        switch content {
        case .normal(let envelope, _): envelope.byteCount
        case .config(_, let proposal): proposal.envelope.count
        }
    }

    var isConfig: Bool {
        if case .config = content { true } else { false }
    }
}
