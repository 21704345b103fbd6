internal import FabricTypes
internal import FunctionTypes
internal import TriggerCore
internal import TriggerService

/// The ledger's calls by path: `POST /v1/evaluate`, `POST /v1/submit`, `GET /v1/transactions/{id}?channel=…`; and the logs',
/// `POST /v1/logs/query`, `POST /v1/logs/pull`.
struct LedgerSocketRoutes: Sendable {
    let calls: LedgerCalls
    /// Nil where there is no log service.
    let logs: LogSocketRoutes?
    let caller: LedgerCaller

    func answer(_ request: LedgerSocketRequest) async -> LedgerSocketAnswer {
        let target = RequestTarget(request.target)
        do {
            switch (request.method, target.path.split(separator: "/").map(String.init)) {
            case ("POST", ["v1", "evaluate"]):
                let result = try await calls.evaluate(try call(request), for: caller)
                return LedgerSocketAnswer(status: 200, json: ["result": Self.json(result)])
            case ("POST", ["v1", "submit"]):
                return try await submit(request)
            case ("POST", let path) where path.count == 3 && path[0] == "v1" && path[1] == "logs":
                guard let logs else { return .failure(503, "Unavailable", "This node has no log service.") }
                return try await logs.answer(path[2], try JSONValue(parsing: request.body), for: caller)
            case ("GET", let path) where path.count == 3 && path[0] == "v1" && path[1] == "transactions":
                return try await transaction(path[2], target)
            default:
                return .failure(
                    404, "NoSuchCall",
                    "There is no \(request.method) \"\(request.target.prefix(80))\": use POST /v1/evaluate, POST /v1/submit, "
                        + "GET /v1/transactions/{id}, POST /v1/logs/query or POST /v1/logs/pull.")
            }
        } catch let error as LedgerGatewayError {
            return Self.answer(error)
        } catch {
            return .failure(400, "Invalid", "\(error)")
        }
    }

    private func call(_ request: LedgerSocketRequest) throws -> LedgerCall {
        try call(try JSONValue(parsing: request.body))
    }

    private func call(_ json: JSONValue) throws -> LedgerCall {
        try LedgerCall(json, at: "The call", channel: calls.channel(meantBy: caller))
    }

    /// With an `idempotencyKey` beside the call's own members it takes effect once, however often it is repeated.
    private func submit(_ request: LedgerSocketRequest) async throws -> LedgerSocketAnswer {
        let json = try JSONValue(parsing: request.body)
        var members = json.objectValue ?? [:]
        guard let key = members.removeValue(forKey: "idempotencyKey") else {
            return Self.answer(try await calls.submit(try call(json), for: caller))
        }
        guard let text = key.stringValue else {
            return .failure(400, "Invalid", "The call's idempotencyKey must be a text.")
        }
        return Self.answer(try await calls.submit(try call(.object(members)), key: text, for: caller))
    }

    private func transaction(_ text: String, _ target: RequestTarget) async throws -> LedgerSocketAnswer {
        let id = try TransactionID(validating: text)
        guard let name = target.query("channel") ?? calls.channel(meantBy: caller) else {
            return .failure(400, "Invalid", "Name the channel: ?channel=….")
        }
        let channel = try ChannelID(validating: name)
        guard let place = try await calls.place(of: id, on: channel, for: caller) else {
            return .failure(404, "NotFound", "Transaction \(id) is not in the ledger of channel \"\(channel)\".")
        }
        return LedgerSocketAnswer(status: 200, json: .object(Self.members(id, place)))
    }

    private static func answer(_ submitted: LedgerCalls.Submitted) -> LedgerSocketAnswer {
        var members = members(submitted.transactionID, submitted.place)
        members["result"] = json(submitted.result)
        return LedgerSocketAnswer(status: 200, json: .object(members))
    }

    private static func members(_ id: TransactionID, _ place: LedgerPlace) -> [String: JSONValue] {
        [
            "transactionId": .string(id.rawValue), "block": .integer(Int64(clamping: place.block)),
            "index": .integer(Int64(place.index)), "code": .string(place.code.name),
        ]
    }

    /// Text where it is text, else as arguments give bytes.
    private static func json(_ bytes: Bytes) -> JSONValue {
        if let text = bytes.utf8Text { return .string(text) }
        return ["base64": .string(Base64.encode(bytes.array))]
    }

    private static func answer(_ error: LedgerGatewayError) -> LedgerSocketAnswer {
        let (status, code) = error.code.answer
        return .failure(
            status, code, error.message,
            details: error.details.map {
                [
                    "address": .string($0.address), "organization": .string($0.organization),
                    "message": .string($0.message),
                ]
            })
    }
}
