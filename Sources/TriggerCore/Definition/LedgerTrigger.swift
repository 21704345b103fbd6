/// What a user asks of a trigger on a channel's ledger, checked.
package struct LedgerTrigger: Hashable, Sendable {
    /// Function Compute's `triggerType` of each.
    package enum Source: String, Hashable, Sendable, CaseIterable {
        case contractEvent = "contractevent"
        case transaction = "transaction"
        case block = "block"
        case orderedBlock = "orderedblock"
        /// What contracts scheduled: no trigger that anybody writes; each organisation of a node has one per channel.
        case scheduled = "scheduled"

        /// The name in a template's `Events`; nil for what no template has.
        package var templateType: String? {
            switch self {
            case .contractEvent: "ContractEvent"
            case .transaction: "Transaction"
            case .block: "Block"
            case .orderedBlock: "OrderedBlock"
            case .scheduled: nil
            }
        }

        /// Whether each event belongs to one transaction.
        package var isOfTransactions: Bool {
            switch self {
            case .contractEvent, .transaction, .scheduled: true
            case .block, .orderedBlock: false
            }
        }

        package init?(templateType: String) {
            guard let source = Self.allCases.first(where: { $0.templateType == templateType }) else { return nil }
            self = source
        }
    }

    package enum Start: Hashable, Sendable {
        case latest
        case earliest
        case block(UInt64)
    }

    /// What becomes of events that keep failing.
    package enum OnFailure: String, Hashable, Sendable, CaseIterable {
        /// The trigger stops before them.
        case park = "PARK"
        /// Their key is set aside with everything after it.
        case parkKey = "PARK_KEY"
        /// They are stored with the error, and the trigger goes on.
        case deadLetter = "DEAD_LETTER"
    }

    package var source: Source
    package var channel: String
    package var filter = EventFilter()
    package var start = Start.latest
    package var batch = BatchRule()
    package var order = EventOrder.channel
    /// Deliveries under way at once where the order is per key.
    package var parallelMax = 1
    package var retry = RetryRule()
    package var onFailure = OnFailure.park
    /// Whether a failing batch is halved before its repeats are counted.
    package var bisectsBatch = false
    /// Whether the function's answer may name the events that failed.
    package var reportsItemFailures = false
    package var isEnabled = true
    /// Where events go instead of to the function.
    package var sink: SinkRule?

    package init(source: Source, channel: String) {
        self.source = source
        self.channel = channel
    }

    package var isKeyed: Bool { order != .channel }

    /// The trigger that runs what contracts schedule.
    package static func schedules(channel: String) -> LedgerTrigger {
        var trigger = LedgerTrigger(source: .scheduled, channel: channel)
        trigger.start = .earliest
        trigger.order = .key(.creator)  // each event gets a key of its own
        trigger.parallelMax = 16
        trigger.onFailure = .deadLetter
        trigger.retry.ageMax = .seconds(86_400)  // so long a function that is not there is waited for
        return trigger
    }
}

/// How many events go together.
package struct BatchRule: Hashable, Sendable {
    package static let countMaxAllowed = 10_000
    /// Bytes of one delivery, as Lambda has it.
    package static let byteCountMax = 6 << 20

    package var countMax = 1
    /// How long the first event of a batch that is not full waits for others.
    package var window: Duration = .zero

    package init() {}
}

/// When a failed delivery is repeated.
package struct RetryRule: Hashable, Sendable {
    /// Repeats after failures of the function; nil for as many as the age allows.
    package var countMax: Int? = 8
    /// Since the first attempt of this run of the node; nil for any age.
    package var ageMax: Duration?
    /// Before the first repeat; doubles each time.
    package var delay: Duration = .milliseconds(500)
    package var delayMax: Duration = .seconds(60)

    package init() {}

    /// - Parameter jitter: evenly distributed in 0..<1; spreads repeats over the last quarter of the wait.
    package func wait(failureCount: Int, jitter: Double) -> Duration {
        var wait = delay
        for _ in 0..<min(max(failureCount - 1, 0), 40) where wait < delayMax { wait = wait * 2 }
        return min(wait, delayMax) * (0.75 + 0.25 * jitter)
    }
}

/// An HTTP address that takes CloudEvents.
package struct SinkRule: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        case binary = "BINARY"
        case structured = "STRUCTURED"
    }

    package var url: String
    package var mode = Mode.structured
    /// Signs each delivery; nil sends it unsigned.
    package var secret: String?
    package var timeout: Duration = .seconds(30)

    package init(url: String) {
        self.url = url
    }
}
