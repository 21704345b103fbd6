package import FabricTypes
package import LedgerCore
package import Membership

/// Decides who may use what a peer offers: by the channel's policies, or by roles in the peer's own organisation.
///
/// Source: Fabric's `core/aclmgmt` and `core/policy`.
package struct AccessControl: Sendable {
    /// Judges identities by the rules of the peer's own organisation.
    package let localIdentities: ChannelMSPs
    package let mspID: MSPID
    private let channels: any EndorserChannels

    /// - Parameters:
    ///   - localIdentities: made from the peer's own MSP alone.
    ///   - mspID: its name.
    package init(localIdentities: ChannelMSPs, mspID: MSPID, channels: any EndorserChannels) {
        self.localIdentities = localIdentities
        self.mspID = mspID
        self.channels = channels
    }

    /// Checks the creator of a proposal.
    ///
    /// - Parameter channelID: the channel whose resource is asked for; local rules do not look at it.
    /// - Throws: ``AccessRefusal`` with the words of Fabric's peers.
    package func check(
        _ resource: AccessResource, channelID: Bytes, _ transaction: ProposedTransaction
    ) throws(AccessRefusal) {
        if case .local(let role) = AccessRule.standard[resource] {
            return try checkLocal(role, transaction.signedData)
        }
        guard let channel = channels.endorserChannel(channelID) else {
            // Without a channel's configuration only the standard rule is known, and it needs one.
            guard AccessRule.standard[resource] != nil else { throw AccessRefusal("Unmapped policy for \(resource)") }
            throw AccessRefusal("Failed to get policy manager for channel [\(channelID.lossyText)]")
        }
        try check(resource, channel.configuration, [transaction.signedData])
    }

    /// Checks signed data of any kind by a channel's rule.
    package func check(
        _ resource: AccessResource, _ configuration: ChannelConfiguration, _ signatureSet: [SignedData]
    ) throws(AccessRefusal) {
        do throws(PolicyError) {
            try configuration.checkAccess(to: resource, signatureSet)
        } catch {
            throw AccessRefusal(error.stockMessage)
        }
    }

    /// Whether the creator has a role in the peer's own organisation.
    func checkLocal(_ role: MSPRole.Role, _ data: SignedData) throws(AccessRefusal) {
        let policy = role == .admin ? "Admins" : "Members"
        let context = "during channelless check policy with policy [\(policy)]"
        let identity: Identity
        do throws(IdentityError) {
            identity = try localIdentities.identity(data.identity)
        } catch {
            throw AccessRefusal("Failed deserializing proposal creator \(context): [\(reason(error, data.identity))]")
        }
        guard localIdentities.satisfies(identity, MSPPrincipal(MSPRole(role, of: mspID))) else {
            throw AccessRefusal(
                "Failed verifying that proposal's creator satisfies local MSP principal \(context): "
                    + "[\(reason(role, identity))]")
        }
        guard localIdentities.isSignature(data.signature, of: data.message, by: identity) else {
            throw AccessRefusal("The signature is invalid")
        }
    }

    private func reason(_ error: IdentityError, _ serialized: Bytes) -> String {
        guard error.code == .unknownMSP, let claimed = try? SerializedIdentity(decoding: serialized) else {
            return error.message
        }
        return "expected MSP ID \(mspID), received \(claimed.mspID.lossyText)"
    }

    private func reason(_ role: MSPRole.Role, _ identity: Identity) -> String {
        do throws(IdentityError) {
            try localIdentities.validate(identity)
        } catch {
            return "The identity is not valid under this MSP [\(mspID)]: \(error.message)"
        }
        return "The identity is not an admin under this MSP [\(mspID)]: "
            + "The identity does not contain OU [ADMIN], MSP: [\(mspID)]"
    }
}

/// Why a caller may not use a resource.
package struct AccessRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Fabric's words.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
