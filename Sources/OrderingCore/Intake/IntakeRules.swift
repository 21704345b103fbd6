package import FabricTypes
package import Membership

/// What an envelope must satisfy to be ordered, by the configuration of one moment.
///
/// Two questions are asked of the same rules. When a client sends an envelope, ``admit(_:now:)`` looks at the clock too:
/// certificates expire. When the configuration has changed before the envelope got into a block, ``recheck(_:)`` judges it
/// again by that configuration alone, so that every orderer that knows the order of messages decides alike.
/// Source: Fabric's `msgprocessor.StandardChannel` and its filters.
package struct IntakeRules: Sendable {
    package let configuration: ChannelConfiguration

    package init(_ configuration: ChannelConfiguration) {
        self.configuration = configuration
    }

    /// Judges a message that is ordered as it is, when it comes in.
    ///
    /// - Throws: ``IntakeRefusal``.
    package func admit(_ envelope: ReceivedEnvelope, now: Timestamp) throws(IntakeRefusal) {
        try checkIsNoMaintenance()
        try check(envelope, now: now)
        if let transaction = envelope.transaction, NestingRule.isTooDeep(transaction) {
            throw IntakeRefusal(
                .badRequest, "messages of the transaction lie more than \(WireReader.depthMax) deep within each other")
        }
    }

    /// Judges a message again that was admitted under an older configuration. Needs no clock.
    ///
    /// - Throws: ``IntakeRefusal``.
    package func recheck(_ envelope: ReceivedEnvelope) throws(IntakeRefusal) {
        try checkIsNoMaintenance()
        try check(envelope, now: nil)
    }

    private func checkIsNoMaintenance() throws(IntakeRefusal) {
        guard configuration.capabilities.orderer >= .v142, configuration.orderer.isInMaintenance else { return }
        throw IntakeRefusal(.serviceUnavailable, "normal transactions are rejected: maintenance mode")
    }

    /// - Parameter now: nil to leave expiry alone.
    func check(_ envelope: ReceivedEnvelope, now: Timestamp?) throws(IntakeRefusal) {
        let byteCountMax = Int(configuration.orderer.batchSize.absoluteMaxBytes)
        guard envelope.byteCount <= byteCountMax else {
            throw IntakeRefusal(
                .badRequest,
                "message payload is \(envelope.byteCount) bytes and exceeds maximum allowed \(byteCountMax) bytes")
        }
        let claim = try envelope.signedData()
        if let now, configuration.capabilities.checksExpiry,
            let expiresAt = Certificate.expiry(ofIdentity: claim.identity), now.seconds >= expiresAt
        {
            throw IntakeRefusal(.badRequest, "broadcast client identity expired")
        }
        try checkWriter(claim)
        guard !envelope.envelope.signature.isEmpty else {
            // A policy without any organisation asks for no signature, yet peers refuse a block with an unsigned envelope.
            throw IntakeRefusal(.badRequest, "message has no signature")
        }
    }

    private func checkWriter(_ claim: SignedData) throws(IntakeRefusal) {
        let path = configuration.orderer.isInMaintenance ? PolicyPath.ordererWriters : .channelWriters
        do throws(PolicyError) {
            try configuration.policies.check(path, [claim])
        } catch {
            switch error.code {
            case .unknownPolicy: throw IntakeRefusal(.badRequest, "could not find policy \(path)")
            case .malformed, .notSatisfied:
                throw IntakeRefusal(.forbidden, "\(error.stockMessage): permission denied")
            }
        }
    }
}
