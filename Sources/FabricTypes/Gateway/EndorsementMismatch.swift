/// How a gateway says that two endorsers of one proposal did not sign the same.
///
/// Fabric's words come first; a gateway of ours adds in what they differ.
package enum EndorsementMismatch {
    private static let words = "ProposalResponsePayloads do not match"
    private static let difference = " differ in "
    private static let reads = "what was read: "

    /// - Parameters:
    ///   - endorsers: two organisations with their peers.
    ///   - difference: what differs; nil where only Fabric's words apply.
    ///   - isOfReads: whether the endorsers had read different states, so that a block may have come between them.
    package static func message(
        _ endorsers: (String, String), difference: String? = nil, isOfReads: Bool = false
    ) -> String {
        guard let difference else { return words }
        return "\(words): \(endorsers.0) and \(endorsers.1)\(Self.difference)\(isOfReads ? reads : "")\(difference)"
    }

    /// Whether the endorsers had read different states: asked again, they may agree.
    package static func isOfReads(_ message: String) -> Bool {
        message.hasPrefix(words) && message.contains(difference + reads)
    }
}
