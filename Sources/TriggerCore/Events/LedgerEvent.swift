package import FunctionTypes

/// An event that a trigger delivers.
package struct LedgerEvent: Sendable {
    package var point: LedgerPoint
    /// Events of one key are delivered in order; empty where the whole channel is one order.
    package var key: String
    package var content: EncodedCloudEvent
    /// The whole data, however large; nil in events that are to be delivered.
    package var data: JSONValue?
    package var id: String
    package var origin: EventOrigin
    /// By its client's clock.
    package var occurredAt: Timestamp?
    /// For a scheduled function: the one that the transaction names.
    package var target: FunctionTarget?

    package init(
        point: LedgerPoint, key: String, event: CloudEvent, origin: EventOrigin, occurredAt: Timestamp? = nil,
        target: FunctionTarget? = nil
    ) {
        self.point = point
        self.key = key
        content = event.encoded()
        data = event.data
        id = event.id
        self.origin = origin
        self.occurredAt = occurredAt
        self.target = target
    }

    package var byteCount: Int { content.structured.count }
}
