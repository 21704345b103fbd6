internal import FabricTypes
internal import LedgerCore
package import Logging
internal import Membership

/// Carries transactions of a peer's clients through the network: Fabric's `gateway.Gateway`.
///
/// It signs nothing and trusts its clients in nothing: endorsers, orderer and committers judge what it passes on.
package final class Gateway: GatewayService {
    let peer: Peer
    /// `host:port` of the own peer.
    let endpoint: String
    let directory: any NodeDirectory
    let configuration: GatewayConfiguration
    let limiter: CallLimiter
    let callNames: FunctionCallNames
    let logger: Logger

    /// - Parameters:
    ///   - peer: whose organisation the gateway serves, and whose ledgers it reads.
    ///   - endpoint: the name under which the directory has that peer.
    ///   - callNames: knows which functions the node's peers were asked for by contracts.
    package init(
        peer: Peer, endpoint: String, directory: any NodeDirectory, logger: Logger,
        callNames: FunctionCallNames = FunctionCallNames(),
        configuration: GatewayConfiguration = GatewayConfiguration(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.peer = peer
        self.endpoint = endpoint
        self.directory = directory
        self.logger = logger
        self.callNames = callNames
        self.configuration = configuration
        limiter = CallLimiter(configuration.limits, now: now)
    }

    /// How many calls were refused because of ``GatewayConfiguration/limits``.
    package var refusedCallCount: Int { limiter.refusedCount }

    var ranking: PeerRanking { PeerRanking(mspID: peer.mspID, endpoint: endpoint) }

    /// The channel of this name, if the own peer has joined it.
    ///
    /// - Parameter id: as a client wrote it.
    func channel(_ id: Bytes) -> PeerChannel? {
        guard let text = id.utf8Text, let channelID = try? ChannelID(validating: text) else { return nil }
        return peer.channel(channelID)
    }

    /// Who signed, if the signature is right.
    func caller(_ claim: SignedData, on channel: PeerChannel?) -> Identity? {
        guard let resolver = channel?.configuration.resolver, let identity = try? resolver.identity(claim.identity),
            resolver.isSignature(claim.signature, of: claim.message, by: identity)
        else { return nil }
        return identity
    }

    /// The earlier one of a call's deadline and a time-out from now on.
    static func deadline(
        _ timeout: Duration, before deadline: ContinuousClock.Instant?
    ) -> ContinuousClock.Instant {
        let end = ContinuousClock.now + timeout
        return deadline.map { min($0, end) } ?? end
    }

    /// Whether a call has ended already, and with which error.
    static func checkEnded(
        _ deadline: ContinuousClock.Instant?, timeoutMessage: String
    ) throws(GatewayError) {
        if let deadline, deadline <= .now { throw GatewayError(.deadlineExceeded, timeoutMessage) }
        if Task.isCancelled { throw GatewayError(.canceled, "context canceled") }
    }

    /// What Fabric says where a channel's configuration is asked for in vain.
    static func noConfig(_ channelID: Bytes) -> String {
        let name = channelID.lossyText
        return "failed to get config for channel [\(name)]: could not get last config for channel \(name)"
    }
}
