package import FunctionService
internal import FunctionTypes
internal import HTTPTypes
internal import TriggerCore
package import TriggerService

/// Calls of functions by contracts in the JSON API: what came of them.
package struct ContractFunctionCallAPI: Sendable {
    private static let countMax = 1_000

    private let functions: FunctionAPI
    private let caller: FunctionCaller

    package init(platform: FunctionPlatform, caller: FunctionCaller) {
        functions = FunctionAPI(platform: platform)
        self.caller = caller
    }

    package var group: APIGroup {
        APIGroup(
            name: "Functions called by contracts",
            routes: [
                APIRoute(
                    .get, "/api/function-calls", "listFunctionCalls",
                    "List what came of contracts' calls of the organisation's functions, newest first, those in transactions "
                        + "that were not endorsed too.",
                    parameters: [
                        .query("transaction", "Only in this transaction."),
                        .query("channel", "Only on this channel."),
                        .query("service", "Only of this service's functions."),
                        .query("limit", "How many at most, 1 to \(Self.countMax); 100 if left out.", type: "integer"),
                        FunctionAPI.organization,
                    ], answer: .list("ContractFunctionCall")
                ) { call in
                    var filter = CallFilter(organization: try functions.organization(call))
                    filter.transactionID = call.query("transaction")
                    filter.channel = call.query("channel")
                    filter.service = try call.query("service").map { text throws(FunctionError) in
                        try checked(ServiceName.self, text)
                    }
                    if let limit = call.query("limit") {
                        guard let count = Int(limit), (1...Self.countMax).contains(count) else {
                            throw APIError.invalid("\"limit\" must be a whole number from 1 to \(Self.countMax).")
                        }
                        filter.countMax = count
                    }
                    return JSONAnswer.value(.array(try await caller.records(filter).map(Self.json)))
                }
            ],
            schemas: Self.schemas, mapError: { APIError(functions: $0) })
    }

    private static func json(_ record: CallRecord) -> JSONValue {
        [
            "transaction": .string(record.transactionID), "channel": .string(record.channel),
            "contract": .string(record.contract), "organization": .string(record.organization.rawValue),
            "service": .string(record.service.rawValue), "function": .string(record.function.rawValue),
            "outcome": .string(record.outcome.rawValue), "message": .string(record.message),
            "requestDigest": .string(record.requestDigest), "answerDigest": .string(record.answerDigest),
            "durationMicroseconds": .integer(record.durationMicroseconds), "requestId": .string(record.requestID),
            "at": .string(record.at.iso8601Milliseconds),
        ]
    }

    private static let schemas: [String: JSONValue] = [
        "ContractFunctionCall": [
            "type": "object",
            "required": [
                "transaction", "channel", "contract", "service", "function", "outcome", "requestDigest", "at",
            ],
            "properties": [
                "transaction": ["type": "string"], "channel": ["type": "string"],
                "contract": ["type": "string", "description": "Who called."],
                "organization": ["type": "string"], "service": ["type": "string"], "function": ["type": "string"],
                "outcome": ["type": "string", "enum": ["answered", "failed", "timedOut", "throttled", "tooLarge"]],
                "message": ["type": "string"],
                "requestDigest": [
                    "type": "string",
                    "description":
                        "SHA-256 of the function's name, a zero byte and the payload, as the transaction has it.",
                ],
                "answerDigest": ["type": "string", "description": "SHA-256 of the answer; empty without one."],
                "durationMicroseconds": ["type": "integer"],
                "requestId": ["type": "string", "description": "Of the function's invocation; its log lines bear it."],
                "at": ["type": "string", "format": "date-time"],
            ],
        ]
    ]
}
