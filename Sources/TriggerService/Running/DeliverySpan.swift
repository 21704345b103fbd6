internal import FunctionTypes
internal import TriggerCore

/// A delivery's place in the trace of its first event; other events of the batch are linked.
enum DeliverySpan {
    static func context(of events: [LedgerEvent], _ requestID: String) -> TraceParent? {
        parent(of: events)?.child(["delivery", requestID])
    }

    private static func parent(of events: [LedgerEvent]) -> TraceParent? {
        events.first?.origin.traceparent.flatMap { TraceParent($0) }
    }

    static func record(
        _ delivery: Delivery, of entry: TriggerEntry, _ events: [LedgerEvent], start: Timestamp, duration: Duration,
        in spans: any SpanSink
    ) {
        // An event of a whole block belongs to no transaction's trace.
        guard let first = events.first, let context = context(of: events, delivery.requestID) else { return }
        var span = TraceSpan(
            "trigger \(entry.name)", .consumer, at: context, parentSpanID: parent(of: events)?.spanID,
            organization: entry.target.id.organization.rawValue, start: start, duration: duration)
        for event in events.dropFirst() {
            if let other = event.origin.traceparent.flatMap({ TraceParent($0) }) { span.link(other) }
        }
        span.add("messaging.system", "duet")
        span.add("messaging.operation.type", "process")
        span.add("messaging.batch.message_count", events.count > 1 ? Int64(events.count) : nil)
        span.add("cloudevents.event_id", first.id)
        span.add("duet.trigger", entry.name.rawValue)
        span.add("duet.channel", first.origin.channel)
        span.add("duet.block", "\(first.origin.block)")
        span.add("duet.transaction.id", first.origin.transactionID)
        span.add("duet.attempt", Int64(delivery.batch.failureCount &+ 1))
        span.add("url.full", entry.trigger.sink?.url)
        if let error = delivery.result.error { span.fail(error) }
        spans.record(span)
    }
}
