package import FabricTypes

extension ImplicitMetaPolicy.Rule {
    /// The word in policy texts.
    package var text: String {
        switch self {
        case .any: "ANY"
        case .all: "ALL"
        case .majority: "MAJORITY"
        }
    }
}

extension ImplicitMetaPolicy {
    /// Reads `ANY Readers`: one of `ANY`, `ALL` and `MAJORITY`, one space, and the name of a policy.
    ///
    /// - Throws: ``InvalidPolicyText`` with the position of the first byte that does not fit.
    package init(text: String) throws(InvalidPolicyText) {
        let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        func refuse(_ offset: Int, _ reason: String) -> InvalidPolicyText {
            InvalidPolicyText(text: text, utf8Offset: offset, reason: reason)
        }
        guard let rule = Rule.allCases.first(where: { $0.text.utf8.elementsEqual(parts[0]) }) else {
            throw refuse(0, "it must begin with ANY, ALL or MAJORITY")
        }
        guard parts.count == 2, !parts[1].isEmpty else {
            throw refuse(parts[0].count, "after \(rule.text) one space and the name of one policy must follow")
        }
        self.init(rule, of: Bytes(parts[1]))
    }

    /// `MAJORITY Admins`; nil for a rule that has no word.
    package var text: String? {
        rule.map { "\($0.text) \(subPolicy.lossyText)" }
    }
}
