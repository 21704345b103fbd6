internal import FabricTypes
internal import Membership

/// Makes policies that can be evaluated from the forms in which definitions state them.
///
/// A policy that cannot be used is one that nobody satisfies. Source: Fabric's `policy.ApplicationPolicyEvaluator`.
struct EndorsementPolicies: Sendable {
    private let configuration: ChannelConfiguration

    init(_ configuration: ChannelConfiguration) {
        self.configuration = configuration
    }

    /// - Parameters:
    ///   - encoded: an ``ApplicationPolicy``.
    ///   - name: what to call the policy in errors.
    func policy(_ encoded: Bytes, name: String) -> ChannelPolicy {
        guard let policy = try? ApplicationPolicy(decoding: encoded) else {
            return .missing(name: name)
        }
        return self.policy(policy, name: name)
    }

    func policy(_ policy: ApplicationPolicy, name: String) -> ChannelPolicy {
        switch policy.kind {
        case .signaturePolicy(let envelope):
            // A rule that does not compile refuses everybody, as an unknown policy does.
            (try? SignaturePolicyEvaluator(envelope)).map { ChannelPolicy(name: name, signature: $0) }
                ?? .missing(name: name)
        case .channelConfigPolicyReference(let path):
            configuration.policies[path]
        case nil:
            .missing(name: name)
        }
    }

    /// Who must endorse changes of chaincode definitions: the channel's policy, or else members of most organisations.
    var lifecycle: ChannelPolicy {
        let policy = configuration.policies[.lifecycleEndorsement]
        if policy.exists { return policy }
        let organizations = configuration.application.organizations.map(\.mspID)
        return Self.members(
            of: organizations, n: organizations.count / 2 + 1, name: "The endorsement policy of _lifecycle")
    }

    /// Who must endorse writes to an organisation's implicit collection; nil where the channel has no such organisation.
    func implicitCollection(of mspID: MSPID) -> ChannelPolicy? {
        guard let organization = configuration.application.organization(mspID) else { return nil }
        let policy = configuration.policies[Bytes("/Channel/Application/\(organization.name)/Endorsement")]
        if policy.exists { return policy }
        return Self.members(of: [mspID], n: 1, name: "The endorsement policy of \(mspID)'s implicit collections")
    }

    /// Any member of `n` of the organisations, which are in the order of Fabric's own policy, by name.
    private static func members(of organizations: [MSPID], n: Int, name: String) -> ChannelPolicy {
        let rules = organizations.indices.map { SignaturePolicy.signedBy(Int32(truncatingIfNeeded: $0)) }
        let envelope = SignaturePolicyEnvelope(
            rule: .nOutOf(Int32(truncatingIfNeeded: n), rules),
            identities: organizations.sorted().map { MSPPrincipal(MSPRole(.member, of: $0)) })
        return (try? SignaturePolicyEvaluator(envelope)).map { ChannelPolicy(name: name, signature: $0) }
            ?? .missing(name: name)
    }
}
