internal import FabricTypes
internal import FunctionTypes
internal import TriggerCore

/// A contract's call of a function: its place in the trace of the transaction.
enum CallSpan {
    static func context(of question: FunctionCaller.Question, _ requestID: String) -> TraceParent? {
        parent(of: question)?.child(["call", requestID])
    }

    /// What the client sent along, else the transaction itself.
    private static func parent(of question: FunctionCaller.Question) -> TraceParent? {
        question.traceparent.flatMap { TraceParent($0) }
            ?? TraceContext.context(ofTransaction: question.transactionID)
    }

    static func record(
        _ record: CallRecord, of question: FunctionCaller.Question, duration: Duration, in spans: any SpanSink
    ) {
        guard let context = context(of: question, record.requestID) else { return }
        var span = TraceSpan(
            "call \(record.service)/\(record.function)", .client, at: context,
            parentSpanID: parent(of: question)?.spanID, organization: record.organization.rawValue,
            start: record.at.adding(milliseconds: -(duration.microseconds / 1_000)), duration: duration)
        span.add("duet.call.outcome", record.outcome.rawValue)
        span.add("duet.channel", record.channel)
        span.add("duet.transaction.id", record.transactionID)
        span.add("duet.contract", record.contract)
        span.add("faas.invoked_name", "\(record.service)/\(record.function)")
        if record.outcome != .answered { span.fail(record.message) }
        spans.record(span)
    }
}
