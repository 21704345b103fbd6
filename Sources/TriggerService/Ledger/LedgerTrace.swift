package import FabricTypes
package import TriggerCore

/// Cause and trace of a transaction that a function asked for, as decorations of its proposal.
package enum LedgerTrace {
    package static let traceparentName = Bytes("traceparent")

    /// - Parameters:
    ///   - traceparent: of the event behind it, in W3C's form.
    ///   - transactionID: of that event; begins the trace where there is no traceparent.
    ///   - span: what tells this transaction from others of the trace; the same words give the same span.
    package static func decorations(
        cause: TransactionCause?, traceparent: String?, transactionID: String, span: [String]
    ) -> [Bytes: Bytes] {
        var decorations: [Bytes: Bytes] = [:]
        if let cause { decorations[TransactionCause.decorationName] = cause.decoration }
        if let trace = traceparent.flatMap(traceID(in:)) ?? traceID(ofTransaction: transactionID) {
            let spanID = Digest(ofAll: span.flatMap { [Bytes("\($0.utf8.count):"), Bytes($0)] }).hex.prefix(16)
            decorations[traceparentName] = Bytes("00-\(trace)-\(spanID)-01")
        }
        return decorations
    }

    /// The 32 digits in the middle; nil for what is not in W3C's form.
    package static func traceID(in traceparent: String) -> String? {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, isTraceID(parts[1]) else { return nil }
        return String(parts[1])
    }

    /// Where a transaction carries no `traceparent`, its trace has the first 16 bytes of its id.
    package static func traceID(ofTransaction id: String) -> String? {
        let text = id.prefix(32)
        return isTraceID(text) ? String(text) : nil
    }

    private static func isTraceID(_ text: Substring) -> Bool {
        text.utf8.count == 32 && text.utf8.contains { $0 != UInt8(ascii: "0") }
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}
