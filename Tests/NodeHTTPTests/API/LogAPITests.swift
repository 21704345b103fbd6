import Foundation
import FunctionTypes
import Testing

@testable import NodeHTTP

@Suite("JSON API of logs")
struct LogAPITests {
    private static let store = "/api/logs/projects/demo/stores/web"

    @Test("the description served is true: every operation answers as it says")
    func description() async throws {
        try await APIWorld.run { world in
            let served = try await world.call("GET", "/api/openapi.json")
            #expect(served.status == 200 && served.json["openapi"] == "3.1.0")
            let servedOperations = try APIDescription(served.json).operations.map(\.name)
            #expect(servedOperations.sorted() == world.description.operations.map(\.name).sorted())
            #expect(world.description.danglingReferences.isEmpty)

            try await world.makeStore()
            try await world.write("one", "two")
            try await #expect(
                world.call("PUT", "\(Self.store)/index", #"{"keys": {"message": {"type": "text"}}}"#).status == 200)
            for path in ["", "/demo", "/demo/stores", "/demo/stores/web", "/demo/alarms"] {
                try await #expect(world.call("GET", "/api/logs/projects\(path)").status == 200)
            }
            for path in [
                "/entries", "/entries?query=*%20%7C%20select%20count(*)%20as%20n,%20null%20as%20x", "/histogram",
                "/index",
            ] {
                try await #expect(world.call("GET", Self.store + path).status == 200, "\(path)")
            }
            try await #expect(world.call("DELETE", "\(Self.store)/index").status == 204)
            try await #expect(world.call("GET", "/api/logs/problems").status == 200)
            let alarm = "/api/logs/projects/demo/alarms/many"
            try await #expect(
                world.call(
                    "PUT", alarm,
                    #"{"store": "web", "query": "*", "condition": "count > 1", "target": {"address": "http://127.0.0.1:1/"}}"#
                ).status == 200)
            try await #expect(world.call("PUT", "\(alarm)/silence", #"{"seconds": 60}"#).status == 200)
            try await #expect(world.call("GET", alarm).status == 200)
            try await #expect(world.call("GET", "/api/logs/projects/demo/alarms").status == 200)
            let events = try await tail(world, "?since=1h") { $0.components(separatedBy: "data: ").count > 2 }
            #expect(events.count == 2)
            try await #expect(world.call("DELETE", alarm).status == 204)
            try await #expect(world.call("DELETE", Self.store).status == 204)
            try await #expect(world.call("DELETE", "/api/logs/projects/demo").status == 204)
            #expect(world.neverCalled.isEmpty)
        }
    }

    @Test("what was written is found by word, field and time, newest first, in pages")
    func entries() async throws {
        try await APIWorld.run { world in
            try await world.makeStore()
            let written = try await world.call(
                "POST", "\(Self.store)/entries",
                #"""
                {"topic": "t", "source": "s", "entries": [
                  {"time": "2024-02-01T03:04:05.123Z", "fields": {"message": "first error", "n": 1, "deep": {"a": [true, null]}}},
                  {"time": 1706756646, "fields": {"message": "second error"}},
                  {"time": "2024-02-01", "fields": {"message": "fine"}}]}
                """#)
            #expect(written.json == ["count": 3, "isRepeat": false])
            func messages(_ query: String) async throws -> [String?] {
                let answer = try await world.call("GET", "\(Self.store)/entries?since=2024-01-01&\(query)")
                #expect(answer.json["isComplete"] == true)
                return answer.json["entries"]?.arrayValue?.map { $0["fields"]?["message"]?.stringValue } ?? []
            }
            #expect(try await messages("query=error") == ["second error", "first error"])
            #expect(try await messages("query=error&order=oldest") == ["first error", "second error"])
            #expect(try await messages("query=error&limit=1&offset=1") == ["first error"])
            #expect(try await messages("query=not%20error") == ["fine"])
            #expect(try await messages("until=2024-02-01T00:00:01Z") == ["fine"])
            let first = try await world.call("GET", "\(Self.store)/entries?since=2024-01-01&query=first").json
            #expect(first["entries"]?.arrayValue?.first?["fields"]?["deep"] == #"{"a":[true,null]}"#)
            #expect(first["entries"]?.arrayValue?.first?["time"] == "2024-02-01T03:04:05.123Z")
            #expect(first["entries"]?.arrayValue?.first?["topic"] == "t")
        }
    }

    @Test("a repeat with the same key and body is recognised; another key or body, or none, is a new write")
    func idempotency() async throws {
        try await APIWorld.run { world in
            try await world.makeStore()
            @Sendable func write(_ message: String, key: String?) async throws -> JSONValue? {
                try await world.call(
                    "POST", "\(Self.store)/entries", #"{"entries": [{"fields": {"message": "\#(message)"}}]}"#,
                    headers: key.map { ["Idempotency-Key": $0] } ?? [:]
                ).json["isRepeat"]
            }
            #expect(try await write("once", key: "a") == false)
            for _ in 0..<3 { #expect(try await write("once", key: "a") == true) }
            #expect(try await write("once", key: "b") == false)
            #expect(try await write("twice", key: "a") == false)
            for _ in 0..<2 { #expect(try await write("once", key: nil) == false) }
            let found = try await world.call("GET", "\(Self.store)/entries").json
            #expect(found["entries"]?.arrayValue?.count == 5)
        }
    }

    @Test(
        "what is wrong is told with a code, and a query's fault with its position",
        arguments: [
            ("GET", "/api/logs/projects/nope", "", 404, "ProjectNotFound"),
            ("GET", "/api/logs/projects/demo/stores/nope/entries", "", 404, "LogstoreNotFound"),
            ("GET", "/api/logs/projects/N/stores", "", 400, "NameInvalid"),
            ("GET", "\(store)/entries?query=a%20and", "", 400, "QueryInvalid"),
            ("GET", "\(store)/entries?query=*%20%7C%20select%20nope(1)", "", 400, "QueryInvalid"),
            ("GET", "\(store)/entries?since=yesterday", "", 400, "TimeInvalid"),
            ("GET", "\(store)/entries?limit=0", "", 400, "ParameterInvalid"),
            ("GET", "\(store)/entries?limit=99999999999999999999", "", 400, "ParameterInvalid"),
            ("GET", "\(store)/entries?offset=-1", "", 400, "ParameterInvalid"),
            ("GET", "\(store)/entries?offset=9223372036854775807", "", 422, "LimitReached"),
            ("GET", "\(store)/entries?order=sideways", "", 400, "ParameterInvalid"),
            ("GET", "\(store)/histogram?since=1m&until=5m", "", 400, "ParameterInvalid"),
            ("GET", "\(store)/tail?query=*%20%7C%20select%201", "", 400, "QueryInvalid"),
            ("POST", "\(store)/entries", "{", 400, "BodyInvalid"),
            ("POST", "\(store)/entries", "{}", 400, "ParameterInvalid"),
            ("POST", "\(store)/entries", #"{"entries": [{"message": "x"}]}"#, 400, "ParameterInvalid"),
            ("POST", "\(store)/entries", #"{"entries": [{"time": "soon", "fields": {}}]}"#, 400, "TimeInvalid"),
            ("PUT", store, #"{"ttlDays": 0}"#, 400, "ParameterInvalid"),
            ("PUT", "/api/logs/projects/demo/stores/other", #"{"shardCount": 100000}"#, 400, "ParameterInvalid"),
            ("PUT", "\(store)/index", #"{"keys": {"a": {"type": "verse"}}}"#, 400, "ParameterInvalid"),
            ("GET", "/api/logs/projects/demo/alarms/nope", "", 404, "AlarmNotFound"),
            ("PUT", "/api/logs/projects/demo/alarms/many", "{}", 400, "ParameterInvalid"),
            ("DELETE", "\(store)/entries", "", 405, "MethodNotAllowed"), ("GET", "/api/nothing", "", 404, "NotFound"),
        ])
    func refusals(_ method: String, _ target: String, _ body: String, _ status: Int, _ code: String) async throws {
        try await APIWorld.run { world in
            try await world.makeStore()
            let answer = try await world.call(method, target, body)
            #expect(answer.status == status)
            #expect(answer.code == code, "\(answer.body)")
            let message = try #require(answer.json["error"]?["message"]?.stringValue)
            #expect(message.hasSuffix(".") || message.hasSuffix("\""), "a whole sentence: \(message)")
            #expect((answer.json["error"]?["position"] != nil) == ["QueryInvalid", "BodyInvalid"].contains(code))
        }
    }

    @Test("a key acts for its organisation with its role")
    func access() async throws {
        try await APIWorld.run { world in
            try await world.makeStore()
            let path = "/api/logs/projects/demo"
            try await #expect(world.call("GET", path, key: APIWorld.reader).status == 200)
            let forbidden = try await world.call(
                "POST", "\(Self.store)/entries", #"{"entries": []}"#, key: APIWorld.reader)
            #expect(forbidden.status == 403 && forbidden.code == "Forbidden")
            try await #expect(world.call("DELETE", path, key: APIWorld.reader).status == 403)
            for target in [path, "\(Self.store)/entries", "\(Self.store)/tail", "\(path)/alarms"] {
                try await #expect(world.call("GET", target, key: APIWorld.stranger).status == 403, "\(target)")
            }
            let others = try await world.call("GET", "/api/logs/projects", key: APIWorld.stranger)
            #expect(others.json == [])
            try await #expect(world.call("PUT", path, "{}", key: APIWorld.stranger).status == 403)
            let wrong = AccessKey(id: "admin", secret: "wrong", organization: "Org1MSP", role: .admin)!
            let refused = try await world.call("GET", path, key: wrong)
            #expect(refused.status == 401 && refused.headers["www-authenticate"] == "Bearer")
        }
    }

    @Test("a tail delivers what is written, and goes on behind the last event without gap or double")
    func tailResumes() async throws {
        try await APIWorld.run { world in
            try await world.makeStore()
            try await world.write("a 1", "a 2", "b 1")
            let first = try await tail(world, "?since=1h&query=a") { $0.contains("a 2") }
            #expect(first.map(\.message) == ["a 1", "a 2"])
            try await world.write("a 3")

            let middle = try await tail(world, "?query=a", after: try #require(first.first).id) { $0.contains("a 3") }
            #expect(middle.map(\.message) == ["a 2", "a 3"])
            let last = try #require(middle.last)
            try await world.write("b 2", "a 4")
            let rest = try await tail(world, "?query=a", after: last.id) { $0.contains("a 4") }
            #expect(rest.map(\.message) == ["a 4"])
            let refused = try await world.call(
                "GET", "\(Self.store)/tail", headers: ["Last-Event-ID": "nonsense"])
            #expect(refused.status == 400 && refused.code == "ParameterInvalid")
        }
    }

    private struct Event {
        let id: String
        let message: String?
    }

    /// Follows the stream until it is enough; each event is held against the description.
    private func tail(
        _ world: APIWorld, _ query: String, after id: String? = nil, until isEnough: @escaping (String) -> Bool
    ) async throws -> [Event] {
        let request = APIWorld.request(
            "GET", "\(Self.store)/tail\(query)", headers: id.map { ["Last-Event-ID": $0] } ?? [:])
        var received = ""
        try await RawConnection.with(port: world.port) { connection in
            received = try await connection.send(request) { isEnough($0) && $0.hasSuffix("\n\n\r\n") }
        }
        #expect(received.hasPrefix("HTTP/1.1 200 ") && received.contains("text/event-stream"))
        let operation = try #require(world.description.operation("GET", "\(Self.store)/tail"))
        world.note(operation)
        var id = ""
        var events: [Event] = []
        for line in received.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
            guard line.hasPrefix("data: ") else { continue }
            let value = try JSONValue(parsing: Array(line.dropFirst(6).utf8))
            #expect(world.description.problems(ofEvent: value, as: operation).isEmpty, "\(line)")
            events.append(Event(id: id, message: value["fields"]?["message"]?.stringValue))
        }
        return events
    }
}
