import FunctionCore
import FunctionService
import FunctionTypes
import Testing

@testable import NodeHTTP

@Suite("JSON API of functions")
struct FunctionAPITests {
    private static let template = #"""
        ROSTemplateFormatVersion: '2015-09-01'\nTransform: 'Aliyun::Serverless-2018-04-03'\nResources:\n  shop:\n    Type: 'Aliyun::Serverless::Service'\n    list:\n      Type: 'Aliyun::Serverless::Function'\n      Properties: {Handler: index.handler, Runtime: nodejs20, CodeUri: ./, AsyncConfiguration: {MaxAsyncRetryAttempts: 0, StatefulInvocation: true}}\n      Events: {every: {Type: Timer, Properties: {CronExpression: '@every 1h', Enable: false}}}\n
        """#

    private static func deployment(_ more: String = "") -> String {
        #"{"template": "\#(template)", "codes": {"shop/list": "UEsF"}\#(more)}"#
    }

    @Test("the description is true: every operation answers as it says")
    func description() async throws {
        try await FunctionWorld.run { _, _ in
            .failure(FunctionFailure(.unhandled, errorType: "Error", message: "no"))
        } _: { world in
            #expect(world.description.danglingReferences.isEmpty)
            let code = try await world.callAPI("POST", "/api/code", "PKE")
            #expect(code.json["digest"] == "UEtF")
            let rehearsed = try await world.callAPI("POST", "/api/deployments", Self.deployment(#", "isDryRun": true"#))
            #expect(rehearsed.json["isUnchanged"] == false)
            try await #expect(world.callAPI("GET", "/api/functions").json == [])
            let deployed = try await world.callAPI("POST", "/api/deployments", Self.deployment())
            #expect(deployed.json["changes"]?.arrayValue?.count == 3)
            let again = try await world.callAPI("POST", "/api/deployments", Self.deployment())
            #expect(again.json["isUnchanged"] == true)
            try await #expect(world.callAPI("GET", "/api/functions").json.arrayValue?.count == 1)
            try await #expect(world.callAPI("GET", "/api/functions/shop/list").json["codeDigest"] == "UEsF")
            try await #expect(world.callAPI("GET", "/api/triggers").json.arrayValue?.count == 1)
            try await #expect(world.callAPI("GET", "/api/code/UEsF").status == 200)
            try await #expect(world.callAPI("GET", "/api/code/UEtF").status == 404, "no function of ours has it")

            for number in 0..<3 {
                let accepted = try await world.call(
                    "POST", "/2016-08-15/services/shop/functions/list/invocations", "\(number)",
                    headers: ["X-Fc-Invocation-Type": "Async", "X-Fc-Stateful-Async-Invocation-Id": "i\(number)"])
                #expect(accepted.status == 202)
            }
            try await Self.buried(3, world)
            try await #expect(world.callAPI("GET", "/api/invocations?status=Failed").json.arrayValue?.count == 3)
            try await #expect(world.callAPI("GET", "/api/invocations/shop/list/i1").json["invocationPayload"] == "1")
            try await #expect(world.callAPI("GET", "/api/invocations?status=Lost").status == 400)
            let letters = try await world.callAPI("GET", "/api/deadletters")
            let numbers = letters.json.arrayValue?.compactMap { $0["number"]?.integerValue } ?? []
            let first = try #require(numbers.first)
            let edited = try await world.callAPI("PUT", "/api/deadletters/\(first)", #"{"payload": "mended"}"#)
            #expect(edited.json["payload"] == "mended")
            try await #expect(world.callAPI("GET", "/api/deadletters/\(first)").json["payload"] == "mended")
            let bytes = try await world.callAPI("PUT", "/api/deadletters/\(first)", #"{"payloadBase64": "/wD+"}"#)
            #expect(bytes.json["payloadBase64"] == "/wD+" && bytes.json["payload"] == nil)
            #expect(bytes.json["payloadByteCount"] == 3)
            for wrong in [#"{}"#, #"{"payloadBase64": "/wD"}"#, #"{"payload": "a", "payloadBase64": "YQ=="}"#] {
                try await #expect(world.callAPI("PUT", "/api/deadletters/\(first)", wrong).status == 400)
            }
            let redriven = try await world.callAPI("POST", "/api/deadletters/\(first)/redrive", "{}")
            #expect(redriven.json["invocationId"] != nil)
            try await #expect(world.callAPI("GET", "/api/deadletters/\(first)").status == 404)
            try await #expect(world.callAPI("DELETE", "/api/deadletters/\(numbers[1])").json["purged"] == 1)
            try await Self.buried(2, world)
            try await #expect(world.callAPI("DELETE", "/api/deadletters?service=shop").json["purged"] == 2)
            try await #expect(world.callAPI("GET", "/api/usage").json.arrayValue?.count == 1)

            try await Self.stopOne(world)
            let key = try await world.callAPI("POST", "/api/keys", #"{"role": "user"}"#)
            try await #expect(world.callAPI("GET", "/api/keys").json.arrayValue?.count == 3)
            let id = try #require(key.json["id"]?.stringValue)
            try await #expect(world.callAPI("DELETE", "/api/keys/\(id)").status == 204)
            try await #expect(world.callAPI("DELETE", "/api/keys/\(id)").status == 404)
            #expect(world.neverCalled.isEmpty)
        }
    }

    /// Asks until so many invocations were given up.
    private static func buried(_ count: Int, _ world: FunctionWorld) async throws {
        for _ in 0..<5_000 {
            let letters = try await world.callAPI("GET", "/api/deadletters")
            if letters.json.arrayValue?.count == count { return }
        }
        Issue.record("There are not \(count) dead letters.")
    }

    /// One that is due only after its first failure can be stopped.
    private static func stopOne(_ world: FunctionWorld) async throws {
        let target = FunctionTarget(
            FunctionID(
                organization: FunctionWorld.organization, service: ServiceName(unchecked: "shop"),
                function: FunctionName(unchecked: "list")))
        try await world.platform.registry.change { registry, occasion in
            var configuration = AsyncConfiguration()
            configuration.retryCountMax = 8
            configuration.isStateful = true
            _ = try registry.putAsyncConfiguration(target, configuration, occasion)
        }
        let id = try await world.platform.enqueue(target, payload: [], requestID: "stop-me")
        try await #expect(world.callAPI("DELETE", "/api/invocations/shop/list/\(id)").status == 204)
    }

    @Test("a wrong template is refused with each of its problems, and nothing changes")
    func wrongTemplate() async throws {
        try await FunctionWorld.run { world in
            let wrong = Self.template.replacing("Handler: index.handler", with: "Handlers: 5, Timeout: soon")
            let answer = try await world.callAPI("POST", "/api/deployments", #"{"template": "\#(wrong)"}"#)
            #expect(answer.status == 422 && answer.json["error"]?["code"] == "InvalidTemplate")
            let problems = answer.json["error"]?["problems"]?.arrayValue ?? []
            #expect(problems.count >= 3)
            for problem in problems {
                #expect(
                    (6...8).contains(problem["line"]?.integerValue ?? 0)
                        && problem["remedy"]?.stringValue?.isEmpty == false)
            }
            try await #expect(world.callAPI("GET", "/api/functions").json == [])
        }
    }

    @Test("every function whose code is missing is named with its line and what to do")
    func missingCode() async throws {
        try await FunctionWorld.run { world in
            let second =
                #"    more:\n      Type: 'Aliyun::Serverless::Function'\n      Properties: {Handler: index.handler, Runtime: nodejs20, CodeUri: ./}\n"#
            for isDryRun in [true, false] {
                let answer = try await world.callAPI(
                    "POST", "/api/deployments", #"{"template": "\#(Self.template + second)", "isDryRun": \#(isDryRun)}"#
                )
                #expect(answer.status == 422 && answer.json["error"]?["code"] == "InvalidTemplate")
                let problems = answer.json["error"]?["problems"]?.arrayValue ?? []
                #expect(problems.map { $0["line"]?.integerValue } == [6, 10])
                for (problem, name) in zip(problems, ["shop/list", "shop/more"]) {
                    #expect(problem["reason"]?.stringValue?.contains(name) == true)
                    #expect(problem["remedy"]?.stringValue?.contains("Add its code") == true)
                }
            }
            try await #expect(world.callAPI("GET", "/api/functions").json == [])
        }
    }

    @Test("a key deploys into its own organisation only; a reader nowhere")
    func owners() async throws {
        try await FunctionWorld.run(needsKey: true) { world in
            func deploy(_ key: AccessKey, _ organization: String) async throws -> Int {
                let body = Self.deployment(#", "organizations": ["\#(organization)"]"#)
                let headers = ["Authorization": "Bearer \(key.id).\(key.secret.text)"]
                return try await world.call("POST", "/api/deployments", body, headers: headers).status
            }
            try await #expect(world.call("POST", "/api/deployments", Self.deployment()).status == 401)
            try await #expect(deploy(FunctionWorld.reader, "Org1MSP") == 403)
            try await #expect(deploy(FunctionWorld.key, "Org2MSP") == 403)
            try await #expect(deploy(FunctionWorld.key, "Org1MSP") == 200)
        }
    }
}
