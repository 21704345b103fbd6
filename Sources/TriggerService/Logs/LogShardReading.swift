package import FunctionTypes
package import TriggerCore

/// How far the shards of logstores are.
package protocol LogShardReading: Sendable {
    /// Of each shard the first sequence kept and the one behind the last.
    ///
    /// - Throws: a whole sentence where there is no such logstore, or it is not the organisation's.
    func bounds(
        ofProject project: String, logstore: String, for organization: OrganizationName
    ) async throws -> [Int: Range<Int64>]
}

/// A trigger on a logstore as the registry has it.
package struct LogTriggerEntry: Hashable, Sendable {
    /// Given to it when it was made; no other trigger ever gets it.
    package var id: String
    package var name: TriggerName
    package var target: FunctionTarget
    package var trigger: LogTrigger
    /// What was written before is none of its business.
    package var createdAt: Timestamp

    package init(id: String, name: TriggerName, target: FunctionTarget, trigger: LogTrigger, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.target = target
        self.trigger = trigger
        self.createdAt = createdAt
    }

    /// Holds whether the trigger is paused.
    var pauseName: PositionName { PositionName(triggerID: id, channel: place) }

    /// The position in a shard: its watermark's block is the sequence of the first entry that is not settled.
    func positionName(shard: Int) -> PositionName { PositionName(triggerID: id, channel: "\(place)/\(shard)") }

    private var place: String { "log/\(trigger.project)/\(trigger.logstore)" }
}

/// How far a trigger on a logstore is.
package struct LogTriggerStatus: Hashable, Sendable {
    package struct Shard: Hashable, Sendable {
        package var shard: Int
        /// Everything before is settled.
        package var position: Int64
        package var end: Int64
    }

    package var condition: TriggerCondition
    package var shards: [Shard] = []
    /// Slices since the node started.
    package var handledCount = 0
    package var failedCount = 0
    package var lastError: String?

    /// Shards with entries that are not settled.
    package var waitingShardCount: Int { shards.count { $0.position < $0.end } }

    /// Between the oldest position and its shard's end. A sequence is a microsecond.
    package var lagSeconds: Double {
        shards.map { Double(max(0, $0.end - $0.position)) / 1_000_000 }.max() ?? 0
    }
}
