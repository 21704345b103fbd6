internal import FabricTypes

extension ChannelConfiguration {
    /// Who may use a resource of this channel: what the channel sets, else the standard rule.
    ///
    /// A channel cannot loosen or tighten local rules.
    /// - Returns: nil for a resource that has no standard rule and none of the channel: nobody may use it.
    package func accessRule(for resource: AccessResource) -> AccessRule? {
        let standard = AccessRule.standard[resource]
        if case .local = standard { return standard }
        return application.aclPolicies[resource.name].map { .channel($0) } ?? standard
    }

    /// Checks a caller of a resource that the channel guards.
    ///
    /// - Parameter signatureSet: the caller's signature over a proposal, a seek envelope's payload, or a request.
    /// - Throws: ``PolicyError``: `notSatisfied`, or `unknownPolicy` where the policy named does not exist, no rule
    ///   is known, or the rule is local, so that the channel has no say.
    package func checkAccess(to resource: AccessResource, _ signatureSet: [SignedData]) throws(PolicyError) {
        guard case .channel(let path) = accessRule(for: resource) else {
            throw PolicyError(
                .unknownPolicy, "Channel \"\(channelID)\" has no policy for the resource \(resource).",
                stock: "Unmapped policy for \(resource)")
        }
        let isStandard = application.aclPolicies[resource.name] == nil
        do throws(PolicyError) {
            try policies.check(path, signatureSet)
        } catch {
            throw error.withStockMessage { reason in
                if isStandard {
                    "Failed evaluating policy on signed data during check policy on channel [\(channelID)] "
                        + "with policy [\(path)]: [\(reason)]"
                } else {
                    "failed evaluating policy on signed data during check policy [\(path)]: "
                        + "[\(error.code == .unknownPolicy ? "policy \(path) not found" : reason)]"
                }
            }
        }
    }
}
