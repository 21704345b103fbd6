package import FunctionCore
internal import FunctionTypes
package import TriggerCore

/// Spans of invocations: one for each attempt, and below it one for a cold start.
package struct InvocationSpans: InvocationObserver {
    private let sink: any SpanSink

    package init(sink: any SpanSink) {
        self.sink = sink
    }

    package func ended(_ end: InvocationEnd) {
        let invocation = end.invocation
        guard let context = invocation.traceparent.flatMap({ TraceParent($0) }) else { return }
        let id = invocation.target.id
        var span = TraceSpan(
            "\(id.service)/\(id.function)", .server, at: context, parentSpanID: end.parent?.spanID,
            organization: id.organization.rawValue, start: end.startedAt, duration: end.elapsed)
        span.add("faas.name", "\(id.service)/\(id.function)")
        span.add("faas.version", end.function?.version?.description ?? invocation.target.qualifier.description)
        span.add("faas.invocation_id", invocation.requestID)
        let record = InvocationRecord(end)
        span.add("faas.trigger", Self.trigger(record.kind))
        span.add("duet.invocation.kind", record.kind.rawValue)
        span.add("duet.attempt", Int64(record.attempt))
        span.add("duet.trigger", record.trigger)
        span.add("duet.channel", record.channel)
        span.add("duet.block", record.block)
        span.add("duet.transaction.id", record.transactionID)
        span.add("cloudevents.event_id", record.eventID)
        switch end.result {
        case .success(let report):
            span.add("faas.coldstart", report.measurement.coldStart != nil)
            span.add("duet.queue_us", record.timing.queueing)
            span.add("duet.run_us", record.timing.running)
            if let failure = report.outcome.failure { span.add("error.type", failure.errorType) }
            coldStart(report.measurement, end, below: context)
        case .failure(let error): span.add("error.type", error.code.rawValue)
        }
        if let error = record.error { span.fail(error) }
        sink.record(span)
    }

    private func coldStart(_ measurement: InvocationMeasurement, _ end: InvocationEnd, below context: TraceParent) {
        guard let coldStart = measurement.coldStart else { return }
        var span = TraceSpan(
            "cold start", .internal, at: context.child(["cold start", context.spanID]), parentSpanID: context.spanID,
            organization: end.invocation.target.id.organization.rawValue,
            start: end.startedAt.adding(milliseconds: measurement.waiting.microseconds / 1_000),
            duration: coldStart.total)
        span.add("duet.sandbox_us", coldStart.sandbox.microseconds)
        span.add("duet.runtime_start_us", coldStart.runtimeStart.microseconds)
        span.add("duet.code_load_us", coldStart.codeLoad.microseconds)
        span.add("duet.initializer_us", coldStart.initializer.microseconds)
        sink.record(span)
    }

    /// OpenTelemetry's word for what set a function off.
    private static func trigger(_ kind: InvocationRecord.Kind) -> String {
        switch kind {
        case .http: "http"
        case .timer: "timer"
        case .trigger: "datasource"
        case .queue: "pubsub"
        case .check, .call, .api: "other"
        }
    }
}
