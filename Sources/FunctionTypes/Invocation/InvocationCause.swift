/// The event in a ledger that a function runs for.
package struct InvocationCause: Sendable, Hashable {
    package var channel: String
    /// 0 for an event of a client's transaction, one more than its cause's for one that a function asked for.
    package var depth: Int
    package var triggerID: String
    /// The CloudEvents id; the first one's of a batch.
    package var eventID: String
    /// As it stands in the channel header; empty for an event of a whole block.
    package var transactionID: String

    package init(channel: String, depth: Int, triggerID: String, eventID: String, transactionID: String) {
        self.channel = channel
        self.depth = depth
        self.triggerID = triggerID
        self.eventID = eventID
        self.transactionID = transactionID
    }
}
