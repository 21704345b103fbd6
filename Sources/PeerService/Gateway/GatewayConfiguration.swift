/// How a gateway behaves.
package struct GatewayConfiguration: Sendable {
    /// How long one peer may take to endorse. Fabric's `peer.gateway.endorsementTimeout`.
    package var endorsementTimeout: Duration = .seconds(30)
    /// How long one orderer may take to accept a transaction. Fabric's `peer.gateway.broadcastTimeout`.
    package var broadcastTimeout: Duration = .seconds(30)
    /// Whether a transaction that can only lose a read conflict is turned away before it is ordered.
    package var abortStale = true
    package var limits = GatewayLimits()

    package init() {}
}

/// How much of a gateway one client, one organisation and all together may take up.
///
/// At a bound the call is refused with `resourceExhausted`; nothing queues.
package struct GatewayLimits: Hashable, Sendable {
    /// Calls at once.
    package struct Concurrency: Hashable, Sendable {
        /// By one identity.
        package var identityMax: Int
        /// By all identities of one organisation.
        package var organizationMax: Int
        /// By everybody, also by those whose signature is wrong.
        package var nodeMax: Int

        package init(identityMax: Int, organizationMax: Int, nodeMax: Int) {
            precondition(identityMax > 0 && organizationMax > 0 && nodeMax > 0, "somebody may call")
            self.identityMax = identityMax
            self.organizationMax = organizationMax
            self.nodeMax = nodeMax
        }
    }

    /// New calls over time. A quiet caller saves up one second's worth.
    package struct Rate: Hashable, Sendable {
        package var callsPerSecond: Int

        package init(callsPerSecond: Int) {
            precondition(callsPerSecond > 0, "somebody may call")
            self.callsPerSecond = callsPerSecond
        }
    }

    /// Calls that work: Evaluate, Endorse, Submit.
    package var working = Concurrency(identityMax: 1_000, organizationMax: 2_000, nodeMax: 5_000)
    /// Calls that wait for blocks: CommitStatus, ChaincodeEvents.
    package var waiting = Concurrency(identityMax: 5_000, organizationMax: 10_000, nodeMax: 20_000)
    /// Calls that work, by one identity; nil for any number.
    package var identityRate: Rate?
    /// Calls that work, by all identities of one organisation; nil for any number.
    package var organizationRate: Rate?

    package init() {}
}
