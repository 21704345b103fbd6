internal import FabricTypes
internal import FunctionTypes
internal import TriggerCore

/// An endorsement check's place in the trace of its transaction.
enum CheckSpan {
    /// Where the function of a check stands below; the same for every question of one proposal.
    static func context(of question: CheckQuestion, _ declared: EndorsementChecker.Declared) -> TraceParent? {
        parent(of: question)?.child([
            "check", question.transactionID, question.organization.rawValue, "\(declared.target)",
            declared.name.rawValue,
        ])
    }

    /// What the client sent along, else the transaction itself.
    private static func parent(of question: CheckQuestion) -> TraceParent? {
        question.traceparent.flatMap { TraceParent($0) }
            ?? TraceContext.context(ofTransaction: question.transactionID)
    }

    static func record(
        _ record: CheckRecord, of question: CheckQuestion, _ declared: EndorsementChecker.Declared, duration: Duration,
        in spans: any SpanSink
    ) {
        guard let context = context(of: question, declared) else { return }
        let start = record.at.adding(milliseconds: -(duration.microseconds / 1_000))
        var span = TraceSpan(
            "check \(record.check)", .client, at: context, parentSpanID: parent(of: question)?.spanID,
            organization: record.organization.rawValue, start: start, duration: duration)
        span.add("duet.verdict", record.verdict.rawValue)
        span.add("duet.verdict.is_cached", record.isCached)
        span.add("duet.channel", record.channel)
        span.add("duet.transaction.id", record.transactionID)
        span.add("duet.contract", record.contract)
        span.add("duet.function", record.function)
        span.add("faas.invoked_name", "\(record.service)/\(record.checkFunction)")
        if !record.verdict.isAllowed { span.fail(record.message) }
        spans.record(span)
    }
}
