internal import FunctionCore
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import TriggerCore
internal import TriggerService

extension TriggerAPI {
    var changingRoutes: [APIRoute] {
        [
            APIRoute(
                .post, Self.path + "/pause", "pauseTrigger", "Pause a trigger; its position stays.", role: .admin,
                parameters: Self.place, answer: .json("TriggerStatus")
            ) { call in
                try await changed(call, { try await keeper.pause($0) }, { try await logTriggers.pause($0) })
            },
            APIRoute(
                .post, Self.path + "/resume", "resumeTrigger",
                "Let a trigger go on after a pause, or try again the event before which it stopped.", role: .admin,
                parameters: Self.place, answer: .json("TriggerStatus")
            ) { call in
                try await changed(call, { try await keeper.resume($0) }, { try await logTriggers.resume($0) })
            },
            APIRoute(
                .post, Self.path + "/seek", "seekTrigger", "Move a trigger's position.", role: .admin,
                parameters: Self.place, body: "TriggerSeek", answer: .json("TriggerStatus")
            ) { call in
                let target = try await target(call)
                return try await changed(
                    call, { _ = try await keeper.seek($0, to: target) },
                    { try await logTriggers.seek($0, to: target) })
            },
            APIRoute(
                .post, Self.path + "/release", "releaseTrigger",
                "Deliver what is parked, of one key or of all; a trigger that stopped goes on.", role: .admin,
                parameters: Self.place, body: "TriggerRelease", answer: .json("TriggerReleased")
            ) { call in
                let body = FunctionBody(try await call.json())
                let count = try await keeper.release(try view(call).entry, key: try body.text("key"))
                return JSONAnswer.value(["keyCount": .integer(Int64(count))])
            },
            APIRoute(
                .get, Self.path + "/answers", "listPartlyRefusedAnswers",
                "Answers of which a part took effect and the next transaction was refused, oldest first.",
                parameters: Self.place, answer: .list("PartlyRefusedAnswer")
            ) { call in
                let answers = try await keeper.partlyRefusedAnswers(of: try view(call).entry)
                return JSONAnswer.value(.array(answers.map { Self.json($0) }))
            },
            APIRoute(
                .delete, Self.path + "/answers", "giveUpAnswer",
                "Give up the rest of a partly refused answer; its events count as handled.", role: .admin,
                parameters: Self.place + [.query("event", "Id of an event that it answers.")], answer: .nothing
            ) { call in
                guard let event = call.query("event") else {
                    throw APIError.invalid("\"event\" is missing: give the id of an event that the answer is about.")
                }
                try await keeper.giveUpAnswer(of: try view(call).entry, eventID: event)
                return Response(status: .noContent)
            },
        ]
    }

    private func changed(
        _ call: APICall, _ body: (TriggerEntry) async throws -> Void,
        _ logBody: (LogTriggerEntry) async throws -> Void
    ) async throws -> Response {
        if let view = try logView(call) {
            try await logBody(view.entry)
            return JSONAnswer.value(Self.json(try logView(call) ?? view))
        }
        let entry = try view(call).entry
        try await body(entry)
        let stored = try await keeper.storedPosition(of: entry)
        return JSONAnswer.value(Self.json(try view(call), stored: stored))
    }

    private func target(_ call: APICall) async throws -> SeekTarget {
        let body = FunctionBody(try await call.json())
        let text = try body.requiredText("position")
        switch text.uppercased() {
        case "EARLIEST": return .earliest
        case "LATEST": return .latest
        default:
            guard let point = try point(text, "position") else { throw APIError.invalid("\"position\" is missing.") }
            return .point(point)
        }
    }

    // MARK: - Replays

    var replayRoutes: [APIRoute] {
        [
            APIRoute(
                .post, Self.path + "/replays", "startReplay",
                "Run a range of blocks through the function once more, beside live traffic.", role: .admin,
                parameters: Self.place, body: "ReplayRequest", answer: .json("Replay")
            ) { call in
                let body = FunctionBody(try await call.json())
                guard let first = try body.integer("firstBlock"), first >= 0 else {
                    throw APIError.invalid("\"firstBlock\" is missing: give the number of the first block.")
                }
                let last = try body.integer("lastBlock")
                if let last, last < first {
                    throw APIError.invalid("\"lastBlock\" is \(last), before \"firstBlock\" \(first).")
                }
                let record = try await keeper.startReplay(
                    try view(call).entry, first: UInt64(first), last: last.map { UInt64($0) },
                    qualifier: try body.qualifier("qualifier"), isDryRun: try body.boolean("isDryRun") ?? false)
                return JSONAnswer.value(Self.json(record, watermark: nil))
            },
            APIRoute(
                .get, Self.path + "/replays", "listReplays", "A trigger's replays, oldest first.",
                parameters: Self.place, answer: .list("Replay")
            ) { call in
                let replays = try await keeper.replays(of: try view(call).entry)
                return JSONAnswer.value(.array(replays.map { Self.json($0.record, watermark: $0.watermark) }))
            },
            APIRoute(
                .delete, Self.path + "/replays/{replay}", "cancelReplay", "Stop a replay.", role: .admin,
                parameters: Self.place + [.path("replay", "Id of the replay.")], answer: .nothing
            ) { call in
                try await keeper.cancelReplay(try view(call).entry, id: call.path("replay"))
                return Response(status: .noContent)
            },
        ]
    }
}
