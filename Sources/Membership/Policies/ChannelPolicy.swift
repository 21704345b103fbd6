package import FabricTypes

/// A policy of a channel's configuration, ready to be evaluated.
package struct ChannelPolicy: Sendable {
    private indirect enum Kind: Sendable {
        case signature(SignaturePolicyEvaluator)
        case implicitMeta(ImplicitMetaPolicy, threshold: Int, subPolicies: [ChannelPolicy])
        /// Stands where no policy is: satisfied by nobody. Holds the name that a stock node would give it.
        case missing(stockName: String)
    }

    /// The path from the root, `/Channel/Application/Writers`; for a policy from elsewhere, words that name it.
    package let name: String
    private let kind: Kind

    private init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// A signature policy that stands on its own, such as a chaincode's.
    ///
    /// - Parameter name: what to call it in errors: `The endorsement policy of chaincode "marbles"`.
    package init(name: String, signature evaluator: SignaturePolicyEvaluator) {
        self.init(name: name, kind: .signature(evaluator))
    }

    /// A policy over the policies of one name in the groups directly below.
    ///
    /// Groups without such a policy are among `subPolicies` as ``missing(name:)``: they count and never agree. With no
    /// groups at all nothing is demanded.
    /// - Returns: nil if the definition's rule is none that we know.
    init?(name: String, _ definition: ImplicitMetaPolicy, of subPolicies: [ChannelPolicy]) {
        guard let rule = definition.rule else { return nil }
        let threshold =
            switch rule {
            case .any: min(1, subPolicies.count)
            case .all: subPolicies.count
            case .majority: subPolicies.isEmpty ? 0 : subPolicies.count / 2 + 1
            }
        self.init(name: name, kind: .implicitMeta(definition, threshold: threshold, subPolicies: subPolicies))
    }

    /// What stands for a policy that does not exist: it refuses everybody and says that it does not exist.
    package static func missing(name: String, stockName: String? = nil) -> ChannelPolicy {
        ChannelPolicy(name: name, kind: .missing(stockName: stockName ?? name))
    }

    package var exists: Bool {
        if case .missing = kind { false } else { true }
    }

    /// The rule over principals, if the policy is a signature policy.
    package var signaturePolicy: SignaturePolicyEnvelope? {
        if case .signature(let evaluator) = kind { evaluator.envelope } else { nil }
    }

    /// How many of which policies must be satisfied, if the policy is an implicit one.
    package var implicitMeta: (threshold: Int, subPolicies: [ChannelPolicy])? {
        if case .implicitMeta(_, let threshold, let subPolicies) = kind { (threshold, subPolicies) } else { nil }
    }

    /// The rule for people: a signature policy's text, or `MAJORITY Admins (2 of 3)`.
    package var text: String {
        switch kind {
        case .signature(let evaluator):
            SignaturePolicyText.text(of: evaluator.envelope)
                ?? "a rule over \(evaluator.envelope.identities.count) principals"
        case .implicitMeta(let definition, let threshold, let subPolicies):
            "\(definition.text ?? "") (\(threshold) of \(subPolicies.count))"
        case .missing:
            "does not exist"
        }
    }

    package func isSatisfied(by signers: VerifiedSigners) -> Bool {
        switch kind {
        case .signature(let evaluator):
            return evaluator.isSatisfied(by: signers)
        case .implicitMeta(_, let threshold, let subPolicies):
            var lacking = threshold
            for subPolicy in subPolicies where lacking > 0 {
                if subPolicy.isSatisfied(by: signers) { lacking -= 1 }
            }
            return lacking == 0
        case .missing:
            return false
        }
    }

    /// - Throws: ``PolicyError`` `unknownPolicy` or `notSatisfied`, with the principals whose signatures would help.
    package func check(_ signers: VerifiedSigners) throws(PolicyError) {
        if !isSatisfied(by: signers) { throw failure(for: signers) }
    }

    /// What to say to somebody whose signers do not satisfy the policy.
    private func failure(for signers: VerifiedSigners) -> PolicyError {
        if case .missing(let stockName) = kind {
            return PolicyError(
                .unknownPolicy, "There is no policy \(name), so nobody satisfies it.",
                stock: "no such policy: '\(stockName)'")
        }
        var message = "\(name) is not satisfied: \(shortfall(for: signers))"
        let counted = signers.identities.map { "\($0.mspID)" }
        message +=
            counted.isEmpty ? "; no signature counted" : "; signatures counted: \(counted.joined(separator: ", "))"
        if !signers.rejections.isEmpty {
            message += "; " + signers.rejections.map(\.description).joined(separator: "; ")
        }
        return PolicyError(
            .notSatisfied, message + ".", stock: stockShortfall(for: signers), missing: missingPrincipals(for: signers))
    }

    private func stockShortfall(for signers: VerifiedSigners) -> String {
        guard case .implicitMeta(let definition, let threshold, let subPolicies) = kind else {
            return "signature set did not satisfy policy"
        }
        let satisfiedCount = subPolicies.count { $0.isSatisfied(by: signers) }
        return "implicit policy evaluation failed - \(satisfiedCount) sub-policies were satisfied, but this policy "
            + "requires \(threshold) of the '\(definition.subPolicy.lossyText)' sub-policies to be satisfied"
    }

    private func shortfall(for signers: VerifiedSigners) -> String {
        switch kind {
        case .signature(let evaluator):
            let text = SignaturePolicyText.text(of: evaluator.envelope)
            let missing = evaluator.missing(for: signers).map(\.description).joined(separator: ", ")
            return (text.map { "it asks for \($0), " } ?? "") + "missing \(missing.isEmpty ? "nobody" : missing)"
        case .implicitMeta(let definition, let threshold, let subPolicies):
            let (satisfied, lacking) = subPolicies.reduce(into: ([String](), [String]())) { parts, subPolicy in
                if subPolicy.isSatisfied(by: signers) {
                    parts.0.append(subPolicy.name)
                } else if subPolicy.exists {
                    parts.1.append(subPolicy.name)
                } else {
                    parts.1.append("\(subPolicy.name) (which does not exist)")
                }
            }
            return "it needs \(threshold) of \(subPolicies.count) (\(definition.rule?.text ?? "")), "
                + "has \(satisfied.count), lacks \(lacking.joined(separator: ", "))"
        case .missing:
            return "it does not exist"
        }
    }

    /// The principals that stand nearest to satisfying the policy, in its order.
    private func missingPrincipals(for signers: VerifiedSigners) -> [MSPPrincipal] {
        switch kind {
        case .signature(let evaluator): evaluator.missing(for: signers)
        case .implicitMeta(_, _, let subPolicies):
            subPolicies.filter { !$0.isSatisfied(by: signers) }.flatMap { $0.missingPrincipals(for: signers) }
        case .missing: []
        }
    }
}
