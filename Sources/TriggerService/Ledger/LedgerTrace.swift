package import FabricTypes
internal import FunctionTypes
package import TriggerCore

/// Cause and trace of a transaction that a function asked for, as decorations of its proposal.
package enum LedgerTrace {
    package static let traceparentName = TraceContext.decorationName

    /// - Parameters:
    ///   - traceparent: of the event behind it, in W3C's form.
    ///   - transactionID: of that event; begins the trace where there is no valid traceparent.
    ///   - span: what tells this transaction from others of the trace; the same words give the same span.
    package static func decorations(
        cause: TransactionCause?, traceparent: String?, transactionID: String, span: [String]
    ) -> [Bytes: Bytes] {
        var decorations: [Bytes: Bytes] = [:]
        if let cause { decorations[TransactionCause.decorationName] = cause.decoration }
        let context = traceparent.flatMap { TraceParent($0) } ?? TraceContext.context(ofTransaction: transactionID)
        if let context { decorations[traceparentName] = Bytes(context.child(span).description) }
        return decorations
    }

    /// The span of a transaction that a function wrote: the one that the ledger names as its place in the trace.
    static func record(_ written: WrittenTransaction, in spans: any SpanSink) {
        guard let context = written.context.flatMap({ $0.utf8Text }).flatMap({ TraceParent($0) }) else { return }
        var span = TraceSpan(
            "submit \(written.call.contract.lossyText)", .client, at: context,
            parentSpanID: written.parent.flatMap { TraceParent($0) }?.spanID, organization: written.organization,
            start: FunctionTypes.Timestamp(milliseconds: milliseconds(written.startedAt)),
            duration: .milliseconds(max(0, milliseconds(written.endedAt) &- milliseconds(written.startedAt))))
        span.add("duet.channel", written.call.channel.rawValue)
        span.add("duet.contract", written.call.contract.lossyText)
        span.add("duet.transaction.id", written.id.rawValue)
        span.add("duet.transaction.via", written.via)
        if let place = written.place {
            span.add("duet.block", "\(place.block)")
            span.add("duet.transaction.code", place.code.name)
            if !place.code.isValid { span.fail(place.code.name) }
        } else {
            span.fail("It was not committed.")
        }
        spans.record(span)
    }

    private static func milliseconds(_ time: FabricTypes.Timestamp) -> Int64 {
        time.seconds &* 1_000 &+ Int64(time.nanoseconds / 1_000_000)
    }
}

/// A transaction that a function wrote, for its span.
struct WrittenTransaction {
    var call: LedgerCall
    var id: TransactionID
    /// Nil where it is in no block.
    var place: LedgerPlace?
    var organization: String
    /// Whether the function answered it, or had it submitted while it ran.
    var via: String
    /// What stands in its proposal.
    var context: Bytes?
    var parent: String?
    var startedAt: FabricTypes.Timestamp
    var endedAt: FabricTypes.Timestamp
}
