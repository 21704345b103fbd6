internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LogCore
internal import LogService

extension LogAPI {
    private static let alarm = APIRoute.Parameter.path("alarm", "Name of the alarm.")

    var alarmRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/logs/projects/{project}/alarms", "listLogAlarms",
                "List a project's alarms with their state.",
                parameters: [Self.project], answer: .list("LogAlarm")
            ) { call in JSONAnswer.value(.array(service.alarms(in: try project(call).name).map { Self.describe($0) }))
            },
            APIRoute(
                .get, "/api/logs/projects/{project}/alarms/{alarm}", "getLogAlarm",
                "Describe an alarm with its state and history.", parameters: [Self.project, Self.alarm],
                answer: .json("LogAlarm")
            ) { call in JSONAnswer.value(Self.describe(try alarm(call))) },
            APIRoute(
                .put, "/api/logs/projects/{project}/alarms/{alarm}", "putLogAlarm", "Create an alarm, or change it.",
                role: .admin, parameters: [Self.project, Self.alarm], body: "LogAlarmRule", answer: .json("LogAlarm")
            ) { call in
                let project = try project(call).name
                try await service.setAlarm(try rule(call.path("alarm"), try await call.json()), in: project)
                return JSONAnswer.value(Self.describe(try alarm(call)))
            },
            APIRoute(
                .delete, "/api/logs/projects/{project}/alarms/{alarm}", "deleteLogAlarm", "Delete an alarm.",
                role: .admin,
                parameters: [Self.project, Self.alarm], answer: .nothing
            ) { call in
                try await service.deleteAlarm(call.path("alarm"), in: try project(call).name)
                return Response(status: .noContent)
            },
            APIRoute(
                .put, "/api/logs/projects/{project}/alarms/{alarm}/silence", "silenceLogAlarm",
                "Keep an alarm's notices back for a while.", role: .user, parameters: [Self.project, Self.alarm],
                body: "LogSilence", answer: .json("LogAlarm")
            ) { call in
                let seconds = try await call.json()["seconds"]?.integerValue ?? 0
                guard (0...31_536_000).contains(seconds) else {
                    throw APIError.invalid("\"seconds\" is \(seconds): give 0 (to end the silence) to 31536000.")
                }
                try await service.silenceAlarm(
                    call.path("alarm"), in: try project(call).name,
                    until: seconds == 0 ? nil : LogTime(seconds: now().seconds + seconds))
                return JSONAnswer.value(Self.describe(try alarm(call)))
            },
        ]
    }

    private func alarm(_ call: APICall) throws -> Alarm {
        try service.alarm(call.path("alarm"), in: try project(call).name)
    }

    private func rule(_ name: String, _ body: JSONValue) throws -> AlarmRule {
        guard let logstore = body["store"]?.stringValue, let query = body["query"]?.stringValue,
            let condition = body["condition"]?.stringValue, let target = body["target"]
        else { throw APIError.invalid("\"store\", \"query\", \"condition\" and \"target\" are needed.") }
        func seconds(_ member: String, _ absent: Int64) throws -> Int64 {
            guard let value = body[member] else { return absent }
            guard let number = value.integerValue else {
                throw APIError.invalid("\"\(member)\" must be a whole number.")
            }
            return number
        }
        return AlarmRule(
            name: name, logstore: try LogstoreName(validating: logstore), query: query,
            windowSeconds: try seconds("windowSeconds", 300), intervalSeconds: try seconds("intervalSeconds", 60),
            condition: condition, consecutiveCount: Int(clamping: try seconds("consecutiveCount", 1)),
            repeatSeconds: try seconds("repeatSeconds", 3_600), target: try self.target(target),
            isEnabled: body["isEnabled"]?.boolValue ?? true)
    }

    private func target(_ value: JSONValue) throws -> AlarmRule.Target {
        if let address = value["address"]?.stringValue { return .address(address) }
        guard let service = value["service"]?.stringValue, let function = value["function"]?.stringValue else {
            throw APIError.invalid("\"target\" must be {\"address\": …} or {\"service\": …, \"function\": …}.")
        }
        return .function(service: service, function: function, qualifier: value["qualifier"]?.stringValue)
    }

    private static func describe(_ alarm: Alarm) -> JSONValue {
        let (rule, state) = (alarm.rule, alarm.state)
        let (phase, since): (String, Int64?) =
            switch state.phase {
            case .quiet: ("quiet", nil)
            case .pending: ("pending", nil)
            case .firing(let since, _): ("firing", since)
            }
        let target: JSONValue =
            switch rule.target {
            case .address(let address): ["address": .string(address)]
            case .function(let service, let function, let qualifier):
                .object(present: [
                    "service": .string(service), "function": .string(function), "qualifier": .text(qualifier),
                ])
            }
        func time(_ seconds: Int64?) -> JSONValue? {
            seconds.map { .string(CalendarTime.format(LogTime(seconds: $0))) }
        }
        return .object(present: [
            "name": .string(rule.name), "store": .string(rule.logstore.rawValue), "query": .string(rule.query),
            "condition": .string(rule.condition), "windowSeconds": .integer(rule.windowSeconds),
            "intervalSeconds": .integer(rule.intervalSeconds),
            "consecutiveCount": .integer(Int64(rule.consecutiveCount)),
            "repeatSeconds": .integer(rule.repeatSeconds), "target": target, "isEnabled": .bool(rule.isEnabled),
            "state": .string(phase), "firingSince": time(since), "silencedUntil": time(state.silencedUntil),
            "lastEvaluation": time(state.lastEvaluation), "pendingNoticeCount": .integer(Int64(state.pending.count)),
            "history": .array(
                state.history.reversed().map { entry in
                    .object(present: [
                        "time": time(entry.time), "event": .string(entry.event), "detail": .string(entry.detail),
                    ])
                }),
        ])
    }
}
