internal import FunctionTypes
internal import TriggerCore
internal import TriggerService

extension TriggerAPI {
    static func json(_ view: TriggerView, stored: StoredPosition? = nil) -> JSONValue {
        let (entry, status) = (view.entry, view.status)
        return .object(present: [
            "organization": .string(entry.target.id.organization.rawValue),
            "service": .string(entry.target.id.service.rawValue),
            "function": .string(entry.target.id.function.rawValue),
            "qualifier": .string(entry.target.qualifier.description), "trigger": .string(entry.name.rawValue),
            "triggerType": .string(entry.trigger.source.rawValue), "channel": .string(entry.trigger.channel),
            "onFailure": .string(entry.trigger.onFailure.rawValue), "isKeyed": .bool(entry.trigger.isKeyed),
            "sink": .text(entry.trigger.sink?.url), "condition": .string(status.condition.name),
            "reason": .text(status.condition.reason),
            "position": .text((status.watermark ?? stored?.watermark)?.description),
            "savedPosition": .text(stored?.watermark.description),
            "ledgerHeight": status.ledgerHeight.map { .integer(Int64(clamping: $0)) },
            "lagBlocks": status.lagBlocks.map { .integer(Int64(clamping: $0)) },
            "waitingEvents": .integer(Int64(status.waitingCount)),
            "oldestWaiting": .text(status.oldestWaiting?.iso8601Milliseconds),
            "handledCount": .integer(Int64(status.handledCount)),
            "failedCount": .integer(Int64(status.failedCount)),
            "passedOverCount": .integer(Int64(status.passedOverCount)), "lastError": .text(status.lastError),
        ])
    }

    static func json(_ view: LogTriggerView) -> JSONValue {
        let (entry, status) = (view.entry, view.status)
        let shards = status.shards.map { shard -> JSONValue in
            [
                "shard": .integer(Int64(shard.shard)), "position": .string(LogSlice.cursor(shard.position)),
                "end": .string(LogSlice.cursor(shard.end)),
            ]
        }
        let logstore = "\(entry.trigger.project)/\(entry.trigger.logstore)"
        let id = entry.target.id
        var members: [String: JSONValue] = [
            "organization": .string(id.organization.rawValue), "service": .string(id.service.rawValue),
            "function": .string(id.function.rawValue), "qualifier": .string(entry.target.qualifier.description),
            "trigger": .string(entry.name.rawValue), "triggerType": .string(LogTrigger.typeName),
            "logstore": .string(logstore), "condition": .string(status.condition.name), "shards": .array(shards),
        ]
        members["lagSeconds"] = .number(status.lagSeconds)
        members["waitingEvents"] = .integer(Int64(status.waitingShardCount))
        members["handledCount"] = .integer(Int64(status.handledCount))
        members["failedCount"] = .integer(Int64(status.failedCount))
        members["reason"] = .text(status.condition.reason)
        members["lastError"] = .text(status.lastError)
        return .object(members)
    }

    static func json(_ key: ParkedKey) -> JSONValue {
        [
            "key": .string(key.key), "first": .string(key.first.description), "last": .string(key.last.description),
            "eventCount": .integer(Int64(key.eventCount)), "reason": .string(key.reason),
        ]
    }

    static func json(_ answer: PartlyRefusedAnswer) -> JSONValue {
        [
            "events": .array(answer.key.eventIDs.map(JSONValue.string)),
            "transactionIds": .array(answer.committedIDs.map(JSONValue.string)),
            "refusal": .string(answer.refusal), "storedAt": .string(answer.storedAt.iso8601Milliseconds),
        ]
    }

    static func json(_ outcome: EventOutcome, channel: String) -> JSONValue {
        .object(present: [
            "eventId": .string(outcome.point.eventID(channel: channel)), "status": .string(outcome.status.rawValue),
            "requestId": .string(outcome.requestID), "versionId": .text(outcome.version?.description),
            "attemptCount": .integer(Int64(outcome.attemptCount)), "batchCount": .integer(Int64(outcome.batchCount)),
            "responseDigest": .text(outcome.responseDigest.isEmpty ? nil : outcome.responseDigest),
            "response": .text(
                outcome.response.isEmpty
                    ? nil
                    : String(validating: outcome.response, as: UTF8.self) ?? Base64.encode(outcome.response)),
            "error": .text(outcome.error), "endedAt": .string(outcome.endedAt.iso8601Milliseconds),
            "transactionIds": .array(outcome.transactionIDs.map(JSONValue.string)),
        ])
    }

    /// An outcome with where it comes from, or what is known of an event without one.
    static func json(_ delivery: TransactionDelivery, channel: String) -> JSONValue {
        var members: [String: JSONValue]
        switch delivery.standing {
        case .waiting: members = ["status": "waiting"]
        case .parked: members = ["status": "parked"]
        case .elsewhere: members = ["status": "elsewhere"]
        case .ended(let outcome): members = json(outcome, channel: channel).objectValue ?? [:]
        }
        members["eventId"] = .string(delivery.point.eventID(channel: channel))
        members["organization"] = .string(delivery.organization)
        members["service"] = .string(delivery.service)
        members["function"] = .string(delivery.function)
        members["qualifier"] = .string(delivery.qualifier)
        members["triggerType"] = .string(delivery.source.rawValue)
        members["trigger"] = (delivery.entry?.name.rawValue).map(JSONValue.string)
        members["sink"] = (delivery.entry?.trigger.sink?.url).map(JSONValue.string)
        if !delivery.replayID.isEmpty { members["replay"] = .string(delivery.replayID) }
        return .object(members)
    }

    static func json(_ replay: ReplayRecord, watermark: LedgerPoint?) -> JSONValue {
        .object(present: [
            "id": .string(replay.id), "channel": .string(replay.channel),
            "firstBlock": .integer(Int64(clamping: replay.first)), "lastBlock": .integer(Int64(clamping: replay.last)),
            "qualifier": .text(replay.qualifier?.description), "isDryRun": .bool(replay.isDryRun),
            "status": .string(replay.status.rawValue), "position": .text(watermark?.description),
            "startedAt": .string(replay.startedAt.iso8601Milliseconds),
            "endedAt": .text(replay.endedAt?.iso8601Milliseconds), "error": .text(replay.error),
            "handledCount": .integer(Int64(replay.handledCount)), "failedCount": .integer(Int64(replay.failedCount)),
            "equalCount": .integer(Int64(replay.equalCount)),
            "differentCount": .integer(Int64(replay.differentCount)), "newCount": .integer(Int64(replay.newCount)),
        ])
    }
}

/// JSON Schemas of ledger triggers in the JSON API.
enum TriggerAPISchemas: JSONSchemas {
    static let all: [String: JSONValue] = [
        "TriggerStatus": object(
            required: [
                "organization", "service", "function", "trigger", "triggerType", "condition", "waitingEvents",
            ],
            [
                "organization": text, "service": text, "function": text, "qualifier": text, "trigger": text,
                "triggerType": text, "channel": text, "onFailure": text, "isKeyed": boolean, "sink": text,
                "condition": [
                    "type": "string",
                    "enum": ["caughtUp", "running", "paused", "disabled", "waiting", "stopped"],
                ], "reason": text, "position": text, "savedPosition": text, "ledgerHeight": integer,
                "lagBlocks": integer, "waitingEvents": integer, "oldestWaiting": time, "handledCount": integer,
                "failedCount": integer, "passedOverCount": integer, "lastError": text,
                "logstore": text, "lagSeconds": ["type": "number"],
                "shards": list(
                    object(
                        required: ["shard", "position", "end"], ["shard": integer, "position": text, "end": text])),
            ]),
        "ParkedKey": object(
            required: ["key", "first", "last", "eventCount", "reason"],
            ["key": text, "first": text, "last": text, "eventCount": integer, "reason": text]),
        "PartlyRefusedAnswer": object(
            required: ["events", "transactionIds", "refusal", "storedAt"],
            ["events": list(text), "transactionIds": list(text), "refusal": text, "storedAt": time]),
        "TriggerOutcome": object(
            required: ["eventId", "status", "requestId", "attemptCount", "batchCount", "endedAt"],
            [
                "eventId": text, "status": text, "requestId": text, "versionId": text, "attemptCount": integer,
                "batchCount": integer, "responseDigest": text, "response": text, "error": text, "endedAt": time,
                "transactionIds": list(text),
            ]),
        "TransactionDelivery": object(
            required: ["eventId", "organization", "service", "function", "qualifier", "triggerType", "status"],
            [
                "eventId": text, "organization": text, "service": text, "function": text, "qualifier": text,
                "triggerType": text, "trigger": text, "sink": text, "replay": text,
                "status": [
                    "type": "string",
                    "enum": [
                        "waiting", "parked", "elsewhere", "handled", "deadLettered", "rehearsed", "failed",
                    ],
                ], "requestId": text, "versionId": text, "attemptCount": integer, "batchCount": integer,
                "responseDigest": text, "response": text, "error": text, "endedAt": time,
                "transactionIds": list(text),
            ]),
        "TriggerSeek": object(
            required: ["position"],
            [
                "position": [
                    "type": "string",
                    "description": "EARLIEST, LATEST, a block's number, or block/transaction/event.",
                ]
            ]),
        "TriggerRelease": object(required: [], ["key": text]),
        "TriggerReleased": object(required: ["keyCount"], ["keyCount": integer]),
        "ReplayRequest": object(
            required: ["firstBlock"],
            ["firstBlock": integer, "lastBlock": integer, "qualifier": text, "isDryRun": boolean]),
        "Replay": object(
            required: ["id", "channel", "firstBlock", "lastBlock", "isDryRun", "status", "startedAt"],
            [
                "id": text, "channel": text, "firstBlock": integer, "lastBlock": integer, "qualifier": text,
                "isDryRun": boolean, "status": text, "position": text, "startedAt": time, "endedAt": time,
                "error": text, "handledCount": integer, "failedCount": integer, "equalCount": integer,
                "differentCount": integer, "newCount": integer,
            ]),
        "TriggerPreviewRequest": object(
            required: ["triggerType", "triggerConfig"],
            [
                "triggerType": text, "triggerConfig": ["type": "object"], "firstBlock": integer,
                "lastBlock": integer, "limit": integer,
            ]),
        "TriggerPreview": object(
            required: ["blockCount", "transactionCount", "eventCount", "events"],
            [
                "blockCount": integer, "transactionCount": integer, "eventCount": integer,
                "events": list(["type": "object"]),
            ]),
        "LedgerEventData": ["type": "object"],
    ]
}
