internal import FabricTypes
package import LedgerCore

/// What an orderer counts, under the names of Fabric's metrics.
package struct OrdererFigures: Sendable {
    /// `broadcast_processed_count`, by channel and status.
    package let processed = EventCounts()
    /// `broadcast_enqueue_duration`, by channel and status: until the envelope is refused, or its block durable.
    package let enqueue = DurationCounts()
    package let deliver = DeliverFigures()

    package init() {}

    /// - Parameter channel: empty for envelopes that name none of the orderer's.
    func add(_ status: StatusCode, channel: String, after duration: Duration) {
        processed.add(1, [channel, status.name])
        enqueue.add(duration, [channel, status.name])
    }
}
