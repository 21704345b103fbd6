internal import FabricTypes
internal import FunctionTypes
internal import HTTPTypes
internal import PeerService

/// Calls of contracts in the JSON API, signed with identities that a development node keeps.
package struct ContractCallAPI: Sendable {
    /// Bytes of a call's body.
    private static let byteCountMax = 4 << 20
    private static let argumentCountMax = 1_000

    private let contracts: any ContractCalling

    package init(contracts: any ContractCalling) {
        self.contracts = contracts
    }

    package var group: APIGroup {
        let parameters: [APIRoute.Parameter] = [
            NetworkAPI.channel, .path("contract", "Name of the contract (chaincode)."), NetworkAPI.organization,
            .header("traceparent", "W3C trace context that the transaction belongs to; an invalid one is ignored."),
        ]
        return APIGroup(
            name: "Contract calls",
            routes: [
                APIRoute(
                    .post, "/api/channels/{channel}/contracts/{contract}/evaluate", "evaluateContract",
                    "Ask a contract, changing nothing.", role: .user, parameters: parameters, body: "ContractCall",
                    answer: .json("ContractAnswer")
                ) { call in
                    let result = try await contracts.evaluate(try await Self.read(call))
                    return JSONAnswer.value(.object(NetworkText.members("result", result)))
                },
                APIRoute(
                    .post, "/api/channels/{channel}/contracts/{contract}/submit", "submitContract",
                    "Have a call endorsed, ordered and committed. Answers once it is committed, valid or not.",
                    role: .user, parameters: parameters, body: "ContractCall", answer: .json("ContractAnswer")
                ) { call in
                    let outcome = try await contracts.submit(try await Self.read(call))
                    var members = NetworkText.members("result", outcome.result)
                    members["transaction"] = .string(outcome.transactionID.lossyText)
                    members["block"] = .integer(Int64(clamping: outcome.blockNumber))
                    members["code"] = .string(outcome.code.name)
                    members["isValid"] = .bool(outcome.code.isValid)
                    return JSONAnswer.value(.object(members))
                },
            ], schemas: ContractCallSchemas.all, mapError: { ($0 as? GatewayError).map(APIError.init(gateway:)) })
    }

    private static func read(_ call: APICall) async throws -> ContractCall {
        let body = try await call.json(upTo: byteCountMax)
        guard let function = body["function"]?.stringValue else {
            throw APIError.invalid("\"function\" is needed: give the name of the contract's function.")
        }
        let values = body["arguments"]?.arrayValue ?? []
        guard values.count <= argumentCountMax, body["arguments"] == nil || body["arguments"]?.arrayValue != nil else {
            throw APIError.invalid("\"arguments\" must be a list of at most \(argumentCountMax).")
        }
        let identity = body["identity"]?.stringValue
        guard identity == nil || call.caller.role == .admin else {
            throw APIError(
                status: .forbidden, code: "Forbidden",
                message:
                    "The access key has the role \"\(call.caller.role.rawValue)\"; to choose who signs needs \"admin\"."
            )
        }
        return ContractCall(
            organization: call.organization, channel: call.path("channel"),
            contract: Bytes(call.path("contract")),
            // What is no text is given as JSON, which is how contracts read it.
            arguments: [Bytes(function)] + values.map { Bytes($0.stringValue ?? $0.jsonText) },
            identity: identity,
            traceparent: call.request.headers[.traceparent].flatMap { TraceParent($0) }?.description)
    }
}

extension APIError {
    /// A gateway's refusal: each node's own words are a problem of their own.
    fileprivate init(gateway error: GatewayError) {
        let (status, code): (HTTPResponse.Status, String) =
            switch error.code {
            case .canceled: (.init(code: 499), "Canceled")
            case .unknown: (.unprocessableContent, "ContractRefused")
            case .invalidArgument: (.badRequest, "InvalidArgument")
            case .deadlineExceeded: (.gatewayTimeout, "DeadlineExceeded")
            case .notFound: (.notFound, "NotFound")
            case .permissionDenied: (.forbidden, "PermissionDenied")
            case .resourceExhausted: (.tooManyRequests, "ResourceExhausted")
            case .failedPrecondition: (.preconditionFailed, "FailedPrecondition")
            case .aborted: (.conflict, "Aborted")
            case .internalError: (.internalServerError, "InternalError")
            case .unavailable: (.serviceUnavailable, "Unavailable")
            }
        self.init(
            status: status, code: code, message: error.message,
            problems: error.details.map { detail in
                [
                    "address": .string(detail.address.lossyText), "mspId": .string(detail.mspID.lossyText),
                    "message": .string(detail.message.lossyText),
                ]
            })
    }
}

private enum ContractCallSchemas: JSONSchemas {
    static let all: [String: JSONValue] = [
        "ContractCall": object(
            required: ["function"],
            [
                "function": text,
                "arguments": [
                    "type": "array", "description": "Texts are given as they are, everything else as JSON.",
                ],
                "identity": [
                    "type": "string",
                    "description": "Who signs, of those that the node keeps; User1 if absent. Only admins may choose.",
                ],
            ]),
        "ContractAnswer": object(
            required: [],
            [
                "result": text, "resultBase64": text, "resultByteCount": integer, "transaction": text,
                "block": integer, "code": text, "isValid": boolean,
            ]),
    ]
}
