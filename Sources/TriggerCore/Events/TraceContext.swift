package import FabricTypes
package import FunctionTypes

/// W3C trace context of a transaction: what its client sent along, else one that everybody derives alike from its id.
package enum TraceContext {
    package static let decorationName = Bytes("traceparent")

    /// - Returns: nil where the id is not one of Fabric's.
    package static func context(of action: LedgerAction?, transactionID: String) -> TraceParent? {
        let sent = action?.input.decorations[decorationName]
        if let sent, sent.count <= TraceParent.byteCountMax, let context = sent.utf8Text.flatMap({ TraceParent($0) }) {
            return context
        }
        return context(ofTransaction: transactionID)
    }

    /// What a transaction's trace is where its client sent none: the first 16 bytes of its id, and the next 8 as its span.
    package static func context(ofTransaction id: String) -> TraceParent? {
        guard id.utf8.count == 64 else { return nil }
        return TraceParent(traceID: id.prefix(32), spanID: id.dropFirst(32).prefix(16))
    }
}
