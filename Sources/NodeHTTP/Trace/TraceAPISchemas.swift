internal import FunctionTypes

/// JSON Schemas of traces in the JSON API.
enum TraceAPISchemas: JSONSchemas {
    static let all: [String: JSONValue] = [
        "TransactionTrace": object(
            required: ["transaction", "channel", "checks", "calls", "triggers", "invocations", "isComplete"],
            [
                "transaction": text, "channel": text,
                "block": described(integer, "Absent for a proposal that is in no block."), "index": integer,
                "code": text, "isValid": boolean, "time": time, "creator": ["type": "object"], "contract": text,
                "function": text, "traceId": text, "traceparent": text, "cause": reference("TraceCause"),
                "submittedBy": described(text, "Request id of the function that had it submitted while it ran."),
                "checks": list([
                    "allOf": .array([
                        reference("EndorsementVerdict"),
                        object(required: [], ["invocation": reference("TraceInvocation")]),
                    ])
                ]),
                "calls": list(
                    object(
                        required: ["contract", "requestHash", "isRecorded"],
                        [
                            "contract": text, "requestHash": text, "answerHash": text,
                            "isRecorded": described(boolean, "Whether the transaction holds it."),
                            "organization": text, "service": text, "function": text,
                            "outcome": [
                                "type": "string",
                                "enum": ["answered", "failed", "timedOut", "throttled", "tooLarge"],
                            ], "message": text, "requestId": text, "durationMicroseconds": integer, "at": time,
                            "invocation": reference("TraceInvocation"),
                        ])),
                "triggers": list(reference("TraceTrigger")),
                "invocations": described(
                    list(reference("TraceInvocation")), "Those that belong to no check and trigger above."),
                "next": described(text, "There are more invocations: give it as \"after\"."),
                "isComplete": described(boolean, "False where something was left out for size."),
            ]),
        "TraceCause": object(
            required: ["depth", "triggerId", "event"],
            [
                "depth": described(integer, "Functions between this transaction and a client's."), "triggerId": text,
                "event": text, "service": text, "function": text, "trigger": text, "channel": text, "block": integer,
                "index": integer, "transaction": text,
            ]),
        "TraceTrigger": object(
            required: [
                "organization", "service", "function", "triggerType", "event", "status", "invocations", "transactions",
            ],
            [
                "organization": text, "service": text, "function": text, "trigger": text, "triggerType": text,
                "event": text, "sink": text, "replay": text,
                "status": [
                    "type": "string",
                    "enum": [
                        "waiting", "parked", "elsewhere", "handled", "deadLettered", "rehearsed", "failed",
                    ],
                ], "reason": described(text, "Why it waits."), "requestId": text, "versionId": text,
                "attemptCount": integer, "batchCount": integer, "error": text, "endedAt": time,
                "invocations": list(reference("TraceInvocation")),
                "transactions": list(reference("TraceWrittenTransaction")),
            ]),
        "TraceInvocation": object(
            required: [
                "requestId", "kind", "organization", "service", "function", "qualifier", "attempt", "status",
                "startedAt", "timing",
            ],
            [
                "requestId": text,
                "kind": [
                    "type": "string", "enum": ["check", "call", "trigger", "timer", "queue", "http", "api"],
                ], "organization": text, "service": text, "function": text, "qualifier": text, "versionId": text,
                "trigger": text, "channel": text, "block": integer, "transaction": text, "event": text,
                "eventCount": integer, "replay": text, "attempt": described(integer, "From 1."),
                "status": ["type": "string", "enum": ["succeeded", "failed", "refused"]], "error": text,
                "startedAt": time, "timing": reference("TraceTiming"), "memoryBytes": integer, "traceId": text,
                "spanId": text, "parentSpanId": text, "project": text, "logstore": text,
                "logs": list(reference("LogEntry")), "hasMoreLogs": boolean,
                "transactions": list(reference("TraceWrittenTransaction")),
            ]),
        "TraceTiming": object(
            required: ["totalMicroseconds", "queueMicroseconds", "runMicroseconds"],
            [
                "totalMicroseconds": integer, "queueMicroseconds": integer,
                "sandboxMicroseconds": described(integer, "Of a cold start, like the three after it."),
                "runtimeStartMicroseconds": integer, "codeLoadMicroseconds": integer,
                "initializerMicroseconds": integer,
                "runMicroseconds": described(integer, "In the function's own code."),
            ]),
        "TraceWrittenTransaction": object(
            required: ["transaction", "channel", "via"],
            [
                "transaction": text, "channel": text,
                "via": [
                    "type": "string", "enum": ["answer", "call"],
                    "description": "Whether the function answered it, or had it submitted while it ran.",
                ],
                "trace": described(
                    reference("TransactionTrace"), "Absent beyond the depth, and until it is in a block."),
            ]),
        "InvocationTrace": object(
            required: ["requestId", "invocations", "transactions"],
            [
                "requestId": text,
                "origin": described(
                    object(
                        required: ["channel"],
                        [
                            "channel": text, "block": integer, "index": integer, "transaction": text, "event": text,
                            "code": text, "isValid": boolean, "time": time, "creator": ["type": "object"],
                            "contract": text, "function": text, "traceId": text, "traceparent": text,
                        ]), "The transaction or block that the function ran for."),
                "invocations": list(reference("TraceInvocation")),
                "transactions": list(reference("TraceWrittenTransaction")),
            ]),
    ]

    private static func described(_ schema: JSONValue, _ words: String) -> JSONValue {
        var members = schema.objectValue ?? [:]
        members["description"] = .string(words)
        return .object(members)
    }
}
