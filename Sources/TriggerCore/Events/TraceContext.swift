package import FabricTypes

/// W3C trace context of a transaction: what its client sent along, else one that everybody derives alike from its id.
package enum TraceContext {
    package static let decorationName = Bytes("traceparent")

    /// - Returns: a `traceparent`; nil where the id is not one of Fabric's.
    package static func traceparent(of action: LedgerAction?, transactionID: String) -> String? {
        if let sent = action?.input.decorations[decorationName]?.utf8Text, isValid(sent) { return sent }
        guard transactionID.utf8.count == 64, transactionID.utf8.allSatisfy(isHexDigit) else { return nil }
        let trace = transactionID.prefix(32)
        let span = transactionID.dropFirst(32).prefix(16)
        return check("00-\(trace)-\(span)-01")
    }

    private static func check(_ text: String) -> String? { isValid(text) ? text : nil }

    /// `00-<32 digits>-<16 digits>-<2 digits>`, lower case, neither id all zero.
    package static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] != "ff" else { return false }
        return parts.allSatisfy { $0.utf8.allSatisfy(isHexDigit) } && parts[1].contains { $0 != "0" }
            && parts[2].contains { $0 != "0" }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
