package import FunctionTypes

/// Keeps what triggers must not forget: positions, outcomes, parked keys, replays.
///
/// Calls block. What ``save(_:)`` stored survives a loss of power.
package protocol TriggerStore: Sendable {
    /// Stores several triggers' progress in one storage transaction, in order: each position with the outcomes that moved it.
    func save(_ changes: [TriggerProgress]) throws

    func position(_ name: PositionName) throws -> StoredPosition?

    /// Puts a position elsewhere; what was settled above the old one is forgotten, what is parked stays.
    func seek(_ name: PositionName, to watermark: LedgerPoint, hashBefore: [UInt8]) throws

    /// Going on also forgets why the trigger had stopped by itself.
    func setPaused(_ name: PositionName, _ isPaused: Bool) throws

    /// Keys that are set aside, by their first event.
    func parkedKeys(_ name: PositionName) throws -> [ParkedKey]

    /// The events of a parked key in order, from `start` on.
    func parkedEvents(_ name: PositionName, key: String, from start: LedgerPoint, limit: Int) throws -> [LedgerPoint]

    /// The latest outcomes below `end`, newest first.
    func outcomes(_ name: PositionName, below end: LedgerPoint?, limit: Int) throws -> [EventOutcome]

    func outcome(_ name: PositionName, at point: LedgerPoint) throws -> EventOutcome?

    /// What became of the events of one transaction, under every trigger and in every replay.
    func outcomes(ofTransaction index: Int, inBlock block: UInt64, of channel: String) throws -> [NamedOutcome]

    /// Whether an event is set aside with its key.
    func isParked(_ name: PositionName, at point: LedgerPoint) throws -> Bool

    func saveReplay(_ replay: ReplayRecord) throws
    func replays(triggerID: String) throws -> [ReplayRecord]

    /// Forgets triggers that are gone, by their ids.
    func removeTriggers(where isGone: (String) -> Bool) throws
}

/// Names one position: a trigger has one in each channel it was ever pointed at, and one for each replay.
package struct PositionName: Hashable, Sendable, Codable {
    package var triggerID: String
    package var channel: String
    /// Empty for live traffic.
    package var replayID: String

    package init(triggerID: String, channel: String, replayID: String = "") {
        self.triggerID = triggerID
        self.channel = channel
        self.replayID = replayID
    }
}

package struct StoredPosition: Hashable, Sendable {
    /// Everything below is settled.
    package var watermark: LedgerPoint
    /// The hash of the block before the watermark's; empty at the ledger's beginning and where it was never known.
    package var hashBefore: [UInt8]
    /// Settled events above.
    package var settled: Set<LedgerPoint>
    /// Somebody told it to pause.
    package var isPaused: Bool
    /// Why it stopped by itself.
    package var stop: String?

    package init(
        watermark: LedgerPoint, hashBefore: [UInt8] = [], settled: Set<LedgerPoint> = [], isPaused: Bool = false,
        stop: String? = nil
    ) {
        self.watermark = watermark
        self.hashBefore = hashBefore
        self.settled = settled
        self.isPaused = isPaused
        self.stop = stop
    }
}

/// One step of a trigger.
package struct TriggerProgress: Sendable {
    package enum Stop: Hashable, Sendable {
        case unchanged
        case running
        case stopped(String)
    }

    package var name: PositionName
    package var watermark: LedgerPoint
    package var hashBefore: [UInt8]
    /// Events settled in this step that lie above the watermark.
    package var settled: [LedgerPoint] = []
    package var outcomes: [EventOutcome] = []
    package var parked: [ParkedEvent] = []
    /// Parked events that were handled at last.
    package var unparked: [LedgerPoint] = []
    package var deadLetters: [TriggerDeadLetter] = []
    package var stop = Stop.unchanged

    package init(name: PositionName, watermark: LedgerPoint, hashBefore: [UInt8]) {
        self.name = name
        self.watermark = watermark
        self.hashBefore = hashBefore
    }
}

/// What became of an event.
package struct EventOutcome: Hashable, Sendable, Codable {
    package enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        case handled
        case deadLettered
        case parked
        /// Of a dry run: what the function answered has taken no effect.
        case rehearsed
        case failed
    }

    /// Bytes of an answer that are kept.
    package static let responseByteCountMax = 4096

    package var point: LedgerPoint
    package var status: Status
    package var requestID: String
    package var version: VersionID?
    package var codeDigest: String?
    package var attemptCount: Int
    /// Events that were delivered together.
    package var batchCount: Int
    /// SHA-256 of the whole answer, hexadecimal digits; empty where there is none.
    package var responseDigest: String
    /// The answer's beginning.
    package var response: [UInt8]
    package var error: String?
    package var endedAt: Timestamp
    /// Transactions that the answer asked for and that stand in the ledger.
    package var transactionIDs: [String]

    package init(
        point: LedgerPoint, status: Status, requestID: String, version: VersionID? = nil, codeDigest: String? = nil,
        attemptCount: Int, batchCount: Int, responseDigest: String = "", response: [UInt8] = [], error: String? = nil,
        endedAt: Timestamp, transactionIDs: [String] = []
    ) {
        self.point = point
        self.status = status
        self.requestID = requestID
        self.version = version
        self.codeDigest = codeDigest
        self.attemptCount = attemptCount
        self.batchCount = batchCount
        self.responseDigest = responseDigest
        self.response = Array(response.prefix(Self.responseByteCountMax))
        self.error = error
        self.endedAt = endedAt
        self.transactionIDs = transactionIDs
    }
}

/// An outcome with the position that it belongs to.
package struct NamedOutcome: Hashable, Sendable {
    package var name: PositionName
    package var outcome: EventOutcome

    package init(name: PositionName, outcome: EventOutcome) {
        self.name = name
        self.outcome = outcome
    }
}

/// An event whose key is set aside; the ledger holds the event itself.
package struct ParkedEvent: Hashable, Sendable {
    package var point: LedgerPoint
    package var key: String
    /// Why the key was parked; of its first event.
    package var reason: String?

    package init(point: LedgerPoint, key: String, reason: String?) {
        self.point = point
        self.key = key
        self.reason = reason
    }
}

package struct ParkedKey: Hashable, Sendable {
    package var key: String
    package var first: LedgerPoint
    package var last: LedgerPoint
    package var eventCount: Int
    package var reason: String

    package init(key: String, first: LedgerPoint, last: LedgerPoint, eventCount: Int, reason: String) {
        self.key = key
        self.first = first
        self.last = last
        self.eventCount = eventCount
        self.reason = reason
    }
}

/// Events that were given up, whole.
package struct TriggerDeadLetter: Hashable, Sendable {
    package var trigger: TriggerName
    package var target: FunctionTarget
    package var requestID: String
    /// As it was delivered.
    package var payload: [UInt8]
    package var reason: String
    package var attemptCount: Int
    package var version: VersionID?
    package var codeDigest: String?
    package var buriedAt: Timestamp
    package var traceparent: String?

    package init(
        trigger: TriggerName, target: FunctionTarget, requestID: String, payload: [UInt8], reason: String,
        attemptCount: Int, version: VersionID?, codeDigest: String?, buriedAt: Timestamp, traceparent: String?
    ) {
        self.trigger = trigger
        self.target = target
        self.requestID = requestID
        self.payload = payload
        self.reason = reason
        self.attemptCount = attemptCount
        self.version = version
        self.codeDigest = codeDigest
        self.buriedAt = buriedAt
        self.traceparent = traceparent
    }
}

/// A replay of history, as it was asked for and how far it is.
package struct ReplayRecord: Hashable, Sendable, Codable {
    package enum Status: String, Hashable, Sendable, Codable {
        case running
        case finished
        case cancelled
        case failed
    }

    package var id: String
    package var triggerID: String
    package var channel: String
    package var first: UInt64
    /// The last block of the replay.
    package var last: UInt64
    /// The function's version or alias; nil for the trigger's own.
    package var qualifier: Qualifier?
    /// Whether answers take no effect and outcomes are only compared.
    package var isDryRun: Bool
    package var status: Status
    package var startedAt: Timestamp
    package var endedAt: Timestamp?
    package var error: String?
    package var handledCount = 0
    package var failedCount = 0
    /// Of a dry run, against the original outcomes.
    package var equalCount = 0
    package var differentCount = 0
    /// Events without an original outcome to compare with.
    package var newCount = 0

    package init(
        id: String, triggerID: String, channel: String, first: UInt64, last: UInt64, qualifier: Qualifier?,
        isDryRun: Bool, startedAt: Timestamp
    ) {
        self.id = id
        self.triggerID = triggerID
        self.channel = channel
        self.first = first
        self.last = last
        self.qualifier = qualifier
        self.isDryRun = isDryRun
        status = .running
        self.startedAt = startedAt
    }

    package var positionName: PositionName { PositionName(triggerID: triggerID, channel: channel, replayID: id) }
}
