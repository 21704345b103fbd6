package import FunctionService
internal import FunctionTypes
internal import HTTPTypes
internal import TriggerCore
package import TriggerService

/// Endorsement checks in the JSON API: what came of them.
package struct EndorsementCheckAPI: Sendable {
    private static let countMax = 1_000

    private let functions: FunctionAPI
    private let checker: EndorsementChecker

    package init(platform: FunctionPlatform, checker: EndorsementChecker) {
        functions = FunctionAPI(platform: platform)
        self.checker = checker
    }

    package var group: APIGroup {
        APIGroup(
            name: "Endorsement checks",
            routes: [
                APIRoute(
                    .get, "/api/endorsement-checks", "listEndorsementChecks",
                    "List what came of the checks that the organisation's peers asked, newest first, refused proposals too.",
                    parameters: [
                        .query("transaction", "Only of this transaction."), .query("channel", "Only of this channel."),
                        .query("service", "Only of this service's checks."),
                        .query("limit", "How many at most, 1 to \(Self.countMax); 100 if left out.", type: "integer"),
                        FunctionAPI.organization,
                    ], answer: .list("EndorsementVerdict")
                ) { call in
                    var filter = CheckFilter(organization: try functions.organization(call))
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
                    return JSONAnswer.value(.array(try await checker.records(filter).map(Self.json)))
                }
            ],
            schemas: Self.schemas, mapError: { APIError(functions: $0) })
    }

    static func json(_ record: CheckRecord) -> JSONValue {
        [
            "transaction": .string(record.transactionID), "channel": .string(record.channel),
            "contract": .string(record.contract), "contractFunction": .string(record.function),
            "creator": .string(record.creator), "organization": .string(record.organization.rawValue),
            "service": .string(record.service.rawValue), "function": .string(record.checkFunction.rawValue),
            "check": .string(record.check.rawValue), "verdict": .string(record.verdict.rawValue),
            "message": .string(record.message), "isCached": .bool(record.isCached),
            "durationMicroseconds": .integer(record.durationMicroseconds), "requestId": .string(record.requestID),
            "at": .string(record.at.iso8601Milliseconds),
        ]
    }

    private static let schemas: [String: JSONValue] = [
        "EndorsementVerdict": [
            "type": "object",
            "required": ["transaction", "channel", "contract", "service", "function", "check", "verdict", "at"],
            "properties": [
                "transaction": ["type": "string"], "channel": ["type": "string"], "contract": ["type": "string"],
                "contractFunction": ["type": "string"],
                "creator": ["type": "string", "description": "MSP ID and name of who signed the proposal."],
                "organization": ["type": "string"], "service": ["type": "string"], "function": ["type": "string"],
                "check": ["type": "string"],
                "verdict": ["type": "string", "enum": ["allowed", "refused", "failedAllowed", "failedRefused"]],
                "message": ["type": "string"], "isCached": ["type": "boolean"],
                "durationMicroseconds": ["type": "integer"],
                "requestId": ["type": "string", "description": "Of the function's invocation; its log lines bear it."],
                "at": ["type": "string", "format": "date-time"],
            ],
        ]
    ]
}
