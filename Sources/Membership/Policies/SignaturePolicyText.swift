package import FabricTypes

/// Signature policies as people write them: `AND('Org1MSP.peer', OR('Org2MSP.admin', 'Org2MSP.member'))`.
///
/// Gates are `AND`, `OR` and `OutOf`, each in three spellings (`And`, `and`, `AND`). Leaves are an MSP ID and one of the
/// roles admin, member, client, peer and orderer, quoted, joined by a dot; MSP IDs consist of letters, digits, `.` and
/// `-`. `OutOf` takes a number from 0 to one more than it has rules. The outermost rule is a gate. Each leaf has an entry
/// of its own in the identities, in the order of the text. Source: Fabric's `policydsl.FromString`.
package enum SignaturePolicyText {
    /// In UTF-8.
    package static let byteCountMax = 64 * 1024
    /// How deep gates may stand within gates: policies must also pass nodes that bound the nesting of messages.
    package static let nestingMax = 32

    /// - Throws: ``InvalidPolicyText`` with the position of the first byte that does not fit.
    package static func policy(_ text: String) throws(InvalidPolicyText) -> SignaturePolicyEnvelope {
        guard text.utf8.count <= byteCountMax else {
            throw InvalidPolicyText(
                text: text, utf8Offset: byteCountMax, reason: "it is longer than \(byteCountMax) bytes")
        }
        var parser = SignaturePolicyParser(text)
        return try parser.parse()
    }

    /// The text of a policy; nil if it holds what texts cannot say: other principals than roles, a bare leaf.
    ///
    /// Reading the text gives a policy of the same meaning, and the very same policy if each leaf had its own identity.
    package static func text(of policy: SignaturePolicyEnvelope) -> String? {
        guard policy.version == 0, let rule = policy.rule, case .nOutOf = rule.rule else { return nil }
        return text(of: rule, policy.identities)
    }

    private static func text(of policy: SignaturePolicy, _ identities: [MSPPrincipal]) -> String? {
        switch policy.rule {
        case .signedBy(let index):
            guard
                index >= 0, index < identities.count,
                let (mspID, role) = identities[Int(index)].role,
                isWritable(mspID)
            else { return nil }
            return "'\(mspID).\(role.text)'"
        case .nOutOf(let gate):
            guard gate.n >= 0, gate.n <= gate.rules.count + 1, !gate.rules.isEmpty else { return nil }
            var parts: [String] = []
            for rule in gate.rules {
                guard let part = text(of: rule, identities) else { return nil }
                parts.append(part)
            }
            let list = parts.joined(separator: ", ")
            if gate.n == 1 { return "OR(\(list))" }
            return gate.n == gate.rules.count ? "AND(\(list))" : "OutOf(\(gate.n), \(list))"
        case nil:
            return nil
        }
    }

    private static func isWritable(_ mspID: MSPID) -> Bool {
        !mspID.bytes.isEmpty && mspID.bytes.allSatisfy(SignaturePolicyParser.isNameByte)
    }
}

/// A text that is no policy, and where it stops being one.
package struct InvalidPolicyText: Error, Hashable, Sendable, CustomStringConvertible {
    package let text: String
    /// Position of the first byte that does not fit.
    package let utf8Offset: Int
    /// The end of a sentence: what is wrong, and what would fit.
    package let reason: String

    package init(text: String, utf8Offset: Int, reason: String) {
        self.text = text
        self.utf8Offset = utf8Offset
        self.reason = reason
    }

    package var description: String {
        "Policy \"\(text.prefix(200))\" is not valid: \(reason) (position \(utf8Offset + 1))."
    }
}
