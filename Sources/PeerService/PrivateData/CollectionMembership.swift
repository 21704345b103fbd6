package import FabricTypes
internal import LedgerCore
package import Membership

/// Who belongs to collections, by one configuration of a channel.
///
/// Source: Fabric's `privdata.SimpleCollection`.
package struct CollectionMembership: Sendable {
    private let configuration: ChannelConfiguration

    package init(_ configuration: ChannelConfiguration) {
        self.configuration = configuration
    }

    /// Whether somebody may hold and read a collection's data. Nobody belongs to a collection whose policy cannot be used.
    ///
    /// - Parameter identity: an encoded `SerializedIdentity`. That it is really theirs is for the caller to have checked.
    package func isMember(_ identity: Bytes, of collection: StaticCollectionConfig) -> Bool {
        guard let policy = collection.memberOrganizationsPolicy?.signaturePolicy,
            let evaluator = try? SignaturePolicyEvaluator(policy),
            let member = try? configuration.resolver.identity(identity)
        else { return false }
        return evaluator.isSatisfied(by: VerifiedSigners(assuming: [member], resolver: configuration.resolver))
    }
}
