import FunctionTypes
import Testing

@testable import NodeHTTP

@Suite("The ledger's socket of an instance")
struct LedgerSocketTests {
    @Test("a call with the token of a running invocation is answered as its service's")
    func evaluates() async throws {
        try await LedgerSocketWorld.with { socket in
            let answer = try await socket.call("POST /v1/evaluate", #"{"contract":"c","function":"f","args":["x"]}"#)

            #expect(answer.status == 200)
            #expect(answer.json["result"] == "f(x) on trade")
        }
    }

    @Test("bytes that are no text come as base64")
    func bytes() async throws {
        try await LedgerSocketWorld.with { socket in
            let answer = try await socket.call(
                "POST /v1/evaluate", #"{"contract":"c","function":"binary","channel":"trade"}"#)

            #expect(answer.json["result"] == ["base64": "AP8="])
        }
    }

    @Test("a transaction's place is told, and that there is none")
    func transaction() async throws {
        try await LedgerSocketWorld.with { socket in
            let known = String(repeating: "0", count: 63) + "1"
            let answer = try await socket.call("GET /v1/transactions/\(known)?channel=trade")
            #expect(answer.status == 200)
            #expect(answer.json["code"] == "VALID")
            #expect(answer.json["block"] == 7)

            let unknown = try await socket.call("GET /v1/transactions/\(String(repeating: "0", count: 64))")
            #expect(unknown.status == 404)
        }
    }

    @Test(
        "what is not in order is refused with a reason",
        arguments: [
            ("POST /v1/evaluate", "{", 400, "JSON"), ("POST /v1/evaluate", "{}", 400, "contract is missing"),
            ("POST /v1/evaluate", #"{"contract":"c","function":"f","arguments":[]}"#, 400, "arguments"),
            ("GET /v1/transactions/xyz", "", 400, "Transaction ID"), ("GET /v2", "", 404, "There is no GET"),
            ("POST /v1/evaluate", #"{"contract":"c","function":"no"}"#, 422, "not today"),
        ])
    func refusals(request: String, body: String, status: Int, reason: String) async throws {
        try await LedgerSocketWorld.with { socket in
            let answer = try await socket.call(request, body)

            #expect(answer.status == status)
            #expect(answer.json["error"]?["message"]?.stringValue?.contains(reason) == true, "\(answer.json)")
        }
    }

    @Test("a call beyond the limit of bytes is refused, not kept")
    func tooLarge() async throws {
        try await LedgerSocketWorld.with { socket in
            let body = String(repeating: " ", count: LedgerSocketRequest.byteCountMax + 1)
            try await socket.expect(413, "POST /v1/evaluate", body)
        }
    }

    @Test("another token opens nothing, and neither does the right one when no invocation runs")
    func token() async throws {
        try await LedgerSocketWorld.with { socket in
            let call = #"{"contract":"c","function":"f"}"#
            try await socket.expect(401, "POST /v1/evaluate", call, token: "guessed")
            try await socket.expect(403, "POST /v1/evaluate", call, requestID: "another")
            socket.running.set { $0 = nil }
            try await socket.expect(403, "POST /v1/evaluate", call)
        }
    }

    @Test("a function that runs for an endorsement may look and change nothing")
    func endorsement() async throws {
        try await LedgerSocketWorld.with { socket in
            socket.running.set { $0?.origin = .endorsement(TriggerName(unchecked: "check"), depth: 1) }
            let call = #"{"contract":"c","function":"f"}"#
            try await socket.expect(200, "POST /v1/evaluate", call)
            let answer = try await socket.call("POST /v1/submit", call)
            #expect(answer.status == 422)
            #expect(answer.json["error"]?["message"]?.stringValue?.contains("endorsement") == true)
        }
    }

    @Test("a function at the end of a chain of functions submits nothing")
    func loopGuard() async throws {
        try await LedgerSocketWorld.with { socket in
            socket.running.set {
                $0?.cause = InvocationCause(
                    channel: "trade", depth: 8, triggerID: "t", eventID: "e", transactionID: "")
            }
            let answer = try await socket.call("POST /v1/submit", #"{"contract":"c","function":"f"}"#)
            #expect(answer.status == 422)
            #expect(answer.json["error"]?["message"]?.stringValue?.contains("8 functions in a row") == true)
        }
    }
}
