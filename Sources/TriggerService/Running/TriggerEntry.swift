package import FunctionTypes
package import TriggerCore

/// A trigger as the registry has it.
package struct TriggerEntry: Hashable, Sendable {
    /// Given to it when it was made; no other trigger ever gets it.
    package var id: String
    package var name: TriggerName
    /// The function it belongs to, and which state of it is invoked.
    package var target: FunctionTarget
    package var trigger: LedgerTrigger

    package init(id: String, name: TriggerName, target: FunctionTarget, trigger: LedgerTrigger) {
        self.id = id
        self.name = name
        self.target = target
        self.trigger = trigger
    }

    package var positionName: PositionName { PositionName(triggerID: id, channel: trigger.channel) }
}

/// What a trigger is doing.
package enum TriggerCondition: Hashable, Sendable {
    /// Everything there is has been read and settled.
    case caughtUp
    case running
    /// Somebody told it to.
    case paused
    case disabled
    /// It waits for a channel that this node does not hold, or for a ledger that ends before its position.
    case waiting(String)
    /// It stopped by itself before an event, and goes on when it is released.
    case stopped(String)

    package var name: String {
        switch self {
        case .caughtUp: "caughtUp"
        case .running: "running"
        case .paused: "paused"
        case .disabled: "disabled"
        case .waiting: "waiting"
        case .stopped: "stopped"
        }
    }

    package var reason: String? {
        switch self {
        case .waiting(let reason), .stopped(let reason): reason
        case .caughtUp, .running, .paused, .disabled: nil
        }
    }
}

/// How far a trigger is, from memory.
package struct TriggerStatus: Hashable, Sendable {
    package var condition: TriggerCondition
    /// Everything below is settled.
    package var watermark: LedgerPoint?
    /// The ledger's height; nil where it is not held here.
    package var ledgerHeight: UInt64?
    /// Events that passed the filter and are not settled.
    package var waitingCount = 0
    /// When the first of them arose, by its client's clock.
    package var oldestWaiting: Timestamp?
    /// Since the node started.
    package var handledCount = 0
    package var failedCount = 0
    /// Transactions and blocks that the filter let not through.
    package var passedOverCount = 0
    package var lastError: String?

    package init(condition: TriggerCondition) {
        self.condition = condition
    }

    package var lagBlocks: UInt64? {
        guard let watermark, let ledgerHeight else { return nil }
        return ledgerHeight > watermark.block ? ledgerHeight - watermark.block : 0
    }
}
