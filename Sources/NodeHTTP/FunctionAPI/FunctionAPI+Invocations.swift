internal import FunctionCore
internal import FunctionService
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore

// What was accepted to be run later, and what was given up.
extension FunctionAPI {
    private static let invocation = APIRoute.Parameter.path("invocation", "Id of the invocation.")
    private static let number = APIRoute.Parameter.path("number", "Number of the dead letter.")
    private static let filters: [APIRoute.Parameter] = [
        .query("service", "Only of this service."), .query("function", "Only of this function."),
        .query("limit", "At most so many, 1 to 100; default 100.", type: "integer"),
        .query("offset", "Pass over so many.", type: "integer"),
        .query("order", "oldest (the default) or newest first."), organization,
    ]

    var invocationRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/invocations", "listInvocations",
                "List asynchronous invocations that wait or run, and ended ones whose records are kept.",
                parameters: Self.filters + [.query("status", "Only in this state, such as Enqueued.")],
                answer: .list("Invocation")
            ) { call in
                let invocations = try await platform.asyncInvocations(try filter(call))
                return JSONAnswer.value(.array(invocations.map { $0.json(payload: nil) }))
            },
            APIRoute(
                .get, "/api/invocations/{service}/{function}/{invocation}", "getInvocation",
                "Describe an asynchronous invocation with its event.",
                parameters: [Self.service, Self.function, Self.invocation, Self.organization],
                answer: .json("Invocation")
            ) { call in
                let (invocation, payload) = try await platform.asyncInvocation(try key(call))
                return JSONAnswer.value(invocation.json(payload: payload))
            },
            APIRoute(
                .delete, "/api/invocations/{service}/{function}/{invocation}", "stopInvocation",
                "Stop an asynchronous invocation.", role: .user,
                parameters: [Self.service, Self.function, Self.invocation, Self.organization], answer: .nothing
            ) { call in
                try await platform.stopAsyncInvocation(try key(call))
                return Response(status: .noContent)
            },
        ]
    }

    var deadLetterRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/deadletters", "listDeadLetters", "List invocations that were given up.",
                parameters: Self.filters, answer: .list("DeadLetter")
            ) { call in
                let letters = try await platform.deadLetters(try filter(call))
                return JSONAnswer.value(.array(letters.map { $0.json(isWhole: false) }))
            },
            APIRoute(
                .delete, "/api/deadletters", "purgeDeadLetters", "Remove everything that the same query lists.",
                role: .user, parameters: Self.filters, answer: .json("Purged")
            ) { call in
                let numbers = try await platform.deadLetters(try filter(call)).map(\.number)
                return try await purge(numbers, call)
            },
            APIRoute(
                .get, "/api/deadletters/{number}", "getDeadLetter", "Describe a dead letter with its event.",
                parameters: [Self.number, Self.organization], answer: .json("DeadLetter")
            ) { call in
                let letter = try await platform.deadLetter(try number(call), of: try organization(call))
                return JSONAnswer.value(letter.json(isWhole: true))
            },
            APIRoute(
                .put, "/api/deadletters/{number}", "editDeadLetter", "Put another event into a dead letter.",
                role: .user, parameters: [Self.number, Self.organization], body: "DeadLetterEvent",
                answer: .json("DeadLetter")
            ) { call in
                guard let payload = try event(FunctionBody(try await call.json())) else {
                    throw APIError.invalid(
                        "The event is missing: give its text as \"payload\", or other bytes as \"payloadBase64\".")
                }
                let letter = try await platform.editDeadLetter(
                    try number(call), of: try organization(call), payload: payload)
                return JSONAnswer.value(letter.json(isWhole: true))
            },
            APIRoute(
                .delete, "/api/deadletters/{number}", "purgeDeadLetter", "Remove a dead letter.", role: .user,
                parameters: [Self.number, Self.organization], answer: .json("Purged")
            ) { call in
                let number = try number(call)
                _ = try await platform.deadLetter(number, of: try organization(call))
                return try await purge([number], call)
            },
            APIRoute(
                .post, "/api/deadletters/{number}/redrive", "redriveDeadLetter",
                "Send a dead letter again as a new invocation, with its event or another one.", role: .user,
                parameters: [Self.number, Self.organization], body: "Redrive", answer: .json("Redriven")
            ) { call in
                let payload = try event(FunctionBody(try await call.json()))
                let id = try await platform.redrive(
                    try number(call), of: try organization(call), payload: payload)
                return JSONAnswer.value(["invocationId": .string(id.rawValue)])
            },
        ]
    }

    /// The event that a body gives; nil if it gives none.
    private func event(_ body: FunctionBody) throws -> [UInt8]? {
        guard let base64 = try body.text("payloadBase64") else {
            return try body.text("payload").map { Array($0.utf8) }
        }
        guard try body.text("payload") == nil else {
            throw APIError.invalid("\"payload\" and \"payloadBase64\" are two events: give one of them.")
        }
        guard let bytes = Base64.decode(base64) else {
            throw APIError.invalid("\"payloadBase64\" is no base64 with its padding.")
        }
        return bytes
    }

    private func key(_ call: APICall) throws(FunctionError) -> AsyncInvocationKey {
        AsyncInvocationKey(
            function: try functionID(call), id: try checked(InvocationID.self, call.path("invocation")))
    }

    private func number(_ call: APICall) throws(FunctionError) -> Int64 {
        guard let number = Int64(call.path("number")) else {
            throw FunctionError(
                .invalidArgument, "\"\(call.path("number").prefix(40))\" is not the number of a dead letter.")
        }
        return number
    }

    private func purge(_ numbers: [Int64], _ call: APICall) async throws -> Response {
        let count = try await platform.purgeDeadLetters(numbers, of: try organization(call))
        return JSONAnswer.value(["purged": .integer(Int64(count))])
    }

    private func filter(_ call: APICall) throws -> AsyncFilter {
        var filter = AsyncFilter(organization: try organization(call))
        filter.service = try call.query("service").map { text throws(FunctionError) in
            try checked(ServiceName.self, text)
        }
        filter.function = try call.query("function").map { text throws(FunctionError) in
            try checked(FunctionName.self, text)
        }
        if let text = call.query("status") {
            guard let status = AsyncInvocation.Status(rawValue: text) else {
                let known = AsyncInvocation.Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIError.invalid("\"status\" is \"\(text.prefix(40))\": use \(known).")
            }
            filter.status = status
        }
        filter.limit = try call.integer("limit", in: 1...100) ?? 100
        filter.offset = try call.integer("offset", in: 0...1_000_000_000) ?? 0
        filter.isDescending = call.query("order") == "newest"
        return filter
    }
}

extension DeadLetter {
    /// - Parameter isWhole: whether the event is shown too, as `payload` where it is text, else as `payloadBase64`.
    fileprivate func json(isWhole: Bool) -> JSONValue {
        let text = isWhole ? String(validating: payload, as: UTF8.self) : nil
        return .object(present: [
            "number": .integer(number), "condition": .string(condition), "error": .string(error),
            "buriedAt": .string(buriedAt.iso8601), "codeDigest": .text(codeDigest),
            "versionId": .string(version?.description ?? "LATEST"), "invocation": invocation.json(payload: nil),
            "payload": text.map { .string($0) },
            "payloadBase64": isWhole && text == nil ? .string(Base64.encode(payload)) : nil,
            "payloadByteCount": .integer(Int64(payload.count)),
        ])
    }
}
