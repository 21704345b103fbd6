package import FabricTypes

/// A signature policy, checked and ready to be evaluated.
///
/// Evaluation is greedy and from left to right, as in Fabric: a leaf takes the first signer that is not taken yet and
/// satisfies its principal, and nothing is ever given back. So the order of signatures can decide. Every child of a gate
/// is evaluated, and a child that fails gives back what it took. Source: Fabric's `cauthdsl.compile`.
package struct SignaturePolicyEvaluator: Sendable {
    private indirect enum Rule: Sendable {
        case signedBy(Int)
        case nOutOf(Int32, [Rule])
    }

    /// A principal with its organisation at hand, so that signers of others are passed over without a question.
    private struct Principal: Sendable {
        let principal: MSPPrincipal
        let mspID: MSPID?
    }

    package let envelope: SignaturePolicyEnvelope
    private let rule: Rule
    private let principals: [Principal]

    /// The version is not looked at: stock peers check it in configurations only, not for chaincodes and keys.
    ///
    /// - Throws: ``PolicyError`` `malformed` for a missing rule, or an index beyond the identities.
    package init(_ envelope: SignaturePolicyEnvelope) throws(PolicyError) {
        self.envelope = envelope
        self.rule = try Self.compile(envelope.rule, identityCount: envelope.identities.count)
        self.principals = envelope.identities.map { Principal(principal: $0, mspID: $0.mspID) }
    }

    /// - Throws: ``PolicyError`` `malformed` if the bytes are no signature policy, or one that breaks a rule.
    package init(decoding bytes: Bytes) throws(PolicyError) {
        let envelope: SignaturePolicyEnvelope
        do throws(WireError) {
            envelope = try SignaturePolicyEnvelope(decoding: bytes)
        } catch {
            throw PolicyError(.malformed, "The signature policy cannot be read: \(error)")
        }
        try self.init(envelope)
    }

    // Recursion is bounded by the depth that the wire reader allows, and by the parser's for texts.
    private static func compile(_ policy: SignaturePolicy?, identityCount: Int) throws(PolicyError) -> Rule {
        switch policy?.rule {
        case .signedBy(let index):
            guard index >= 0, index < identityCount else {
                throw PolicyError(
                    .malformed, "The signature policy names identity \(index), but lists \(identityCount) identities.")
            }
            return .signedBy(Int(index))
        case .nOutOf(let gate):
            var rules: [Rule] = []
            rules.reserveCapacity(gate.rules.count)
            for child in gate.rules { rules.append(try compile(child, identityCount: identityCount)) }
            return .nOutOf(gate.n, rules)
        case nil:
            throw PolicyError(.malformed, "The signature policy has an empty rule.")
        }
    }

    package func isSatisfied(by signers: VerifiedSigners) -> Bool {
        var used = [Bool](repeating: false, count: signers.identities.count)
        return evaluate(rule, signers, &used)
    }

    private func evaluate(_ rule: Rule, _ signers: VerifiedSigners, _ used: inout [Bool]) -> Bool {
        switch rule {
        case .signedBy(let index):
            guard let signer = signer(for: principals[index], among: signers, notIn: used) else { return false }
            used[signer] = true
            return true
        case .nOutOf(let n, let rules):
            var satisfiedCount: Int32 = 0
            for child in rules {
                if case .signedBy = child {
                    // A leaf that fails has taken nobody: there is nothing to give back.
                    if evaluate(child, signers, &used) { satisfiedCount &+= 1 }
                } else {
                    let before = used
                    if evaluate(child, signers, &used) { satisfiedCount &+= 1 } else { used = before }
                }
            }
            return satisfiedCount >= n
        }
    }

    private func signer(for principal: Principal, among signers: VerifiedSigners, notIn used: [Bool]) -> Int? {
        signers.identities.indices.first { index in
            let identity = signers.identities[index]
            return !used[index] && (principal.mspID ?? identity.mspID) == identity.mspID
                && signers.resolver.satisfies(identity, principal.principal)
        }
    }

    /// The principals that found no signer in the gates that failed, in the policy's order, repeated as in the policy.
    ///
    /// Empty if the policy is satisfied.
    package func missing(for signers: VerifiedSigners) -> [MSPPrincipal] {
        var used = [Bool](repeating: false, count: signers.identities.count)
        return missing(rule, signers, &used)
    }

    private func missing(_ rule: Rule, _ signers: VerifiedSigners, _ used: inout [Bool]) -> [MSPPrincipal] {
        switch rule {
        case .signedBy(let index):
            guard let signer = signer(for: principals[index], among: signers, notIn: used) else {
                return [principals[index].principal]
            }
            used[signer] = true
            return []
        case .nOutOf(let n, let rules):
            var satisfiedCount: Int32 = 0
            var lacking: [MSPPrincipal] = []
            for child in rules {
                var attempt = used
                if evaluate(child, signers, &attempt) {
                    used = attempt
                    satisfiedCount &+= 1
                } else {
                    var trial = used
                    lacking += missing(child, signers, &trial)
                }
            }
            return satisfiedCount >= n ? [] : lacking
        }
    }
}
