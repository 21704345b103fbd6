/// What a deliver service counts, under the names of Fabric's metrics.
package struct DeliverFigures: Sendable {
    /// `deliver_streams_opened`, `deliver_streams_closed`.
    package let opened = EventCounts()
    package let closed = EventCounts()
    /// `deliver_requests_received`, by what is asked for: whole or filtered blocks.
    package let requests = EventCounts()
    /// `deliver_blocks_sent`, likewise.
    package let blocks = EventCounts()

    package init() {}
}
