package import FabricTypes

/// What a transaction that a function answered says of the event behind it, in the decoration `duet.cause` of its input.
///
/// Written as `<depth> <trigger id> <event id>`. Endorsers drop a client's decorations before the contract sees them; the
/// ledger keeps them.
package struct TransactionCause: Hashable, Sendable {
    package static let decorationName = Bytes("duet.cause")
    package static let byteCountMax = 512

    /// How many functions stand between the transaction and a client's: 1 or more.
    package var depth: Int
    package var triggerID: String
    package var eventID: String

    package init(depth: Int, triggerID: String, eventID: String) {
        self.depth = depth
        self.triggerID = triggerID
        self.eventID = eventID
    }

    /// Nil for what is not written like a cause: anybody may put anything there.
    package init?(_ decoration: Bytes) {
        guard decoration.count <= Self.byteCountMax, let text = decoration.utf8Text else { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let depth = Int(parts[0]), (1...1_000_000).contains(depth), !parts[1].isEmpty,
            !parts[2].isEmpty
        else { return nil }
        self.init(depth: depth, triggerID: String(parts[1]), eventID: String(parts[2]))
    }

    package var decoration: Bytes { Bytes("\(depth) \(triggerID) \(eventID)") }
}
