internal import FunctionCore
internal import FunctionService
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import TriggerCore
package import TriggerService

/// Ledger triggers in the JSON API: how far each is, what is parked, moving it, replays, previews.
package struct TriggerAPI: Sendable {
    let keeper: TriggerKeeper
    let logTriggers: LogTriggerKeeper

    package init(keeper: TriggerKeeper, logTriggers: LogTriggerKeeper) {
        self.keeper = keeper
        self.logTriggers = logTriggers
    }

    package var group: APIGroup {
        APIGroup(
            name: "Triggers", routes: lookingRoutes + changingRoutes + replayRoutes, schemas: TriggerAPISchemas.all,
            mapError: { Self.error($0) })
    }

    static let path = "/api/triggers/{service}/{function}/{trigger}"
    static let place: [APIRoute.Parameter] = [
        .path("service", "Name of the service."), .path("function", "Name of the function."),
        .path("trigger", "Name of the trigger."), organization,
    ]
    static let organization = APIRoute.Parameter.query(
        "organization", "Whose triggers are meant; only calls on loopback without a key may choose.")

    func organization(_ call: APICall) throws(FunctionError) -> OrganizationName {
        guard call.caller.credential == .loopback, let chosen = call.query("organization") else {
            return try checked(OrganizationName.self, call.caller.organization)
        }
        return try checked(OrganizationName.self, chosen)
    }

    /// The trigger of the path.
    func view(_ call: APICall) throws -> TriggerView {
        try keeper.view(try function(call), try checked(TriggerName.self, call.path("trigger")))
    }

    /// The trigger of the path, where it is one on a logstore.
    func logView(_ call: APICall) throws -> LogTriggerView? {
        logTriggers.view(try function(call), try checked(TriggerName.self, call.path("trigger")))
    }

    private func function(_ call: APICall) throws(FunctionError) -> FunctionID {
        FunctionID(
            organization: try organization(call), service: try checked(ServiceName.self, call.path("service")),
            function: try checked(FunctionName.self, call.path("function")))
    }

    private static func error(_ error: any Error) -> APIError? {
        guard let error = error as? TriggerError else { return nil }
        switch error.code {
        case .notFound: return APIError(status: .notFound, code: "TriggerNotFound", message: error.message)
        case .invalid: return APIError(status: .badRequest, code: "TriggerRequestInvalid", message: error.message)
        case .conflict: return APIError(status: .conflict, code: "TriggerConflict", message: error.message)
        case .exhausted: return APIError(status: .tooManyRequests, code: "TriggerBusy", message: error.message)
        }
    }

    // MARK: - Looking

    private var lookingRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/triggers/status", "listTriggerStatus",
                "How far the organisation's triggers on ledgers and logstores are, those for scheduled functions included.",
                parameters: [Self.organization], answer: .list("TriggerStatus")
            ) { call in
                let organization = try organization(call)
                return JSONAnswer.value(
                    .array(
                        keeper.views(of: organization).map { Self.json($0) }
                            + logTriggers.views(of: organization).map { Self.json($0) }))
            },
            APIRoute(
                .get, Self.path, "getTriggerStatus",
                "How far a trigger on a ledger or a logstore is, with its settings.",
                parameters: Self.place, answer: .json("TriggerStatus")
            ) { call in
                if let view = try logView(call) { return JSONAnswer.value(Self.json(view)) }
                let view = try view(call)
                let stored = try await keeper.storedPosition(of: view.entry)
                return JSONAnswer.value(Self.json(view, stored: stored))
            },
            APIRoute(
                .get, Self.path + "/parked", "listParkedKeys", "Keys that a trigger has set aside.",
                parameters: Self.place, answer: .list("ParkedKey")
            ) { call in
                let keys = try await keeper.parkedKeys(of: try view(call).entry)
                return JSONAnswer.value(.array(keys.map { Self.json($0) }))
            },
            APIRoute(
                .get, Self.path + "/outcomes", "listTriggerOutcomes", "What became of a trigger's latest events.",
                parameters: Self.place + [
                    .query("replay", "Of this replay instead of live traffic."),
                    .query("before", "Only events before this one: block/transaction/event."),
                    .query("limit", "At most so many, 1 to 1000; default 100.", type: "integer"),
                ], answer: .list("TriggerOutcome")
            ) { call in
                if let view = try logView(call) { return try await logOutcomes(call, view.entry) }
                let entry = try view(call).entry
                let outcomes = try await keeper.outcomes(
                    of: entry, replayID: call.query("replay") ?? "", below: try point(call.query("before"), "before"),
                    limit: try call.integer("limit", in: 1...1000) ?? 100)
                return JSONAnswer.value(.array(outcomes.map { Self.json($0, channel: entry.trigger.channel) }))
            },
            APIRoute(
                .get, "/api/channels/{channel}/transactions/{transaction}/deliveries", "listTransactionDeliveries",
                "What a transaction set off: the functions of triggers, and those that contracts scheduled.",
                parameters: [
                    .path("channel", "Name of the channel."),
                    .path("transaction", "The transaction's id, or its place as <block>:<index>."),
                    Self.organization,
                ], answer: .list("TransactionDelivery")
            ) { call in
                let channel = call.path("channel")
                let deliveries = try await keeper.deliveries(
                    ofTransaction: call.path("transaction"), on: channel, organization: try organization(call))
                return JSONAnswer.value(.array(deliveries.map { Self.json($0, channel: channel) }))
            },
            APIRoute(
                .post, "/api/triggers/preview", "previewTrigger",
                "Try a trigger's filter on past blocks; nothing is delivered.", parameters: [Self.organization],
                body: "TriggerPreviewRequest", answer: .json("TriggerPreview")
            ) { call in JSONAnswer.value(try await preview(call)) },
            APIRoute(
                .get, "/api/channels/{channel}/events/{source}/{block}/{transaction}/{event}", "getLedgerEvent",
                "The data of a ledger event by its place: where a dataref leads.",
                parameters: [
                    .path("channel", "Name of the channel."),
                    .path("source", "contractevent, transaction, block, orderedblock or scheduled."),
                    .path("block", "Number of the block."), .path("transaction", "Position in the block."),
                    .path("event", "Position in the transaction."), Self.organization,
                ], answer: .json("LedgerEventData")
            ) { call in
                let text = "\(call.path("block"))/\(call.path("transaction"))/\(call.path("event"))"
                guard let point = LedgerPoint(text), let source = LedgerTrigger.Source(rawValue: call.path("source"))
                else {
                    throw APIError.invalid("\"\(call.path("source").prefix(40))/\(text.prefix(80))\" names no event.")
                }
                return JSONAnswer.value(
                    try await keeper.event(
                        at: point, source: source, channel: call.path("channel"),
                        organization: try organization(call)))
            },
        ]
    }

    private func logOutcomes(_ call: APICall, _ entry: LogTriggerEntry) async throws -> Response {
        let limit = try call.integer("limit", in: 1...1000) ?? 100
        let outcomes = try await logTriggers.outcomes(of: entry, limit: limit)
        return JSONAnswer.value(.array(outcomes.map { Self.json($0.1, channel: $0.channel) }))
    }

    func point(_ text: String?, _ name: String) throws(APIError) -> LedgerPoint? {
        guard let text else { return nil }
        guard let point = LedgerPoint(text) else {
            throw APIError.invalid(
                "\"\(name)\" is \"\(text.prefix(80))\": write a block's number, or block/transaction/event.")
        }
        return point
    }

    private func preview(_ call: APICall) async throws -> JSONValue {
        let body = FunctionBody(try await call.json())
        let type = try body.requiredText("triggerType")
        guard let source = LedgerTrigger.Source(rawValue: type.lowercased()) ?? .init(templateType: type) else {
            throw APIError.invalid(
                "triggerType is \"\(type.prefix(40))\": use ContractEvent, Transaction, Block or OrderedBlock.")
        }
        let settings = try body.object("triggerConfig")?.json ?? [:]
        let trigger: LedgerTrigger
        do throws(LedgerTrigger.Invalid) {
            trigger = try LedgerTrigger(source: source, parsing: settings)
        } catch {
            throw APIError.invalid(error.description)
        }
        func number(_ name: String) throws -> UInt64? {
            guard let value = try body.integer(name) else { return nil }
            guard value >= 0 else { throw APIError.invalid("\"\(name)\" is \(value): give a block's number.") }
            return UInt64(value)
        }
        let limit = min(max(try body.integer("limit") ?? 20, 0), 1000)
        let preview = try await keeper.preview(
            trigger, organization: try organization(call), first: try number("firstBlock"),
            last: try number("lastBlock"), limit: limit)
        return [
            "blockCount": .integer(Int64(preview.blockCount)),
            "transactionCount": .integer(Int64(preview.transactionCount)),
            "eventCount": .integer(Int64(preview.eventCount)),
            "events": .array(
                preview.events.map { event in
                    (try? JSONValue(parsing: event.content.structured)) ?? .null  // we wrote it ourselves
                }),
        ]
    }
}
