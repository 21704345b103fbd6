package import FabricTypes
package import Membership

/// A client's config update wrapped into the CONFIG transaction that an orderer puts into a block of its own.
package struct ConfigProposal: Sendable {
    /// The encoded CONFIG envelope, signed by this orderer.
    package let envelope: Bytes
    /// The sequence of the configuration that the update was applied to: under any other the proposal is void.
    package let baseSequence: UInt64
    /// The configuration in force once the block is written.
    package let next: ChannelConfiguration
}

extension IntakeRules {
    /// Applies a config update to the configuration in force.
    ///
    /// A proposal is bound to the sequence it was made under: once another config block has come, every orderer passes over
    /// it, and the one that made it proposes the update again or refuses it. So nobody has to sign for somebody else.
    ///
    /// - Parameters:
    ///   - now: stamped on the transaction, and what the sender's expiry is judged by.
    ///   - signer: this orderer, which must be one that the channel lets write.
    /// - Throws: ``IntakeRefusal``; anything else is what `signer` throws.
    package func propose(
        _ update: ReceivedEnvelope, now: Timestamp, signer: BlockSigner
    ) throws -> ConfigProposal {
        do throws(IntakeRefusal) {
            try check(update, now: now)
        } catch {
            throw error.within("config update for existing channel did not pass initial checks")
        }
        let (content, next) = try apply(update)
        try checkConsenters(of: next)
        let payload = ConfigTransaction.payload(
            content, of: configuration.channelID, timestamp: Timestamp(seconds: now.seconds),
            signatureHeader: signer.makeSignatureHeader())
        let envelope = Envelope(payload: payload, signature: try signer.sign([payload])).encoded()
        do throws(IntakeRefusal) {
            // The wrapped transaction may be too large, or this orderer none that the channel knows.
            try check(ReceivedEnvelope(decoding: envelope), now: now)
        } catch {
            throw error.within("config update for existing channel did not pass final checks")
        }
        return ConfigProposal(envelope: envelope, baseSequence: configuration.sequence, next: next)
    }

    private func apply(_ update: ReceivedEnvelope) throws(IntakeRefusal) -> (ConfigEnvelope, ChannelConfiguration) {
        do throws(ConfigError) {
            return try configuration.proposing(update: update.canonicalBytes)
        } catch {
            throw IntakeRefusal(.badRequest, error.stockMessage)
        }
    }

    private func checkConsenters(of next: ChannelConfiguration) throws(IntakeRefusal) {
        do throws(LoneOrdererRule.Violation) {
            try LoneOrdererRule.check(next)
        } catch {
            throw IntakeRefusal(
                .badRequest, "error applying config update to existing channel '\(next.channelID)': \(error)")
        }
    }
}
