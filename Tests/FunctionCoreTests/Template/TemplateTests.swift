import Foundation
import FunctionCore
import FunctionTypes
import Testing

func makeOptions(_ parameters: [String: String] = [:]) throws -> TemplateParser.Options {
    var options = TemplateParser.Options(organization: try OrganizationName(validating: "Org1MSP"))
    options.parameters = parameters
    return options
}

func parseTemplate(_ text: String, _ parameters: [String: String] = [:]) throws -> Template {
    try TemplateParser.parse(Array(text.utf8), options: try makeOptions(parameters))
}

func problems(of text: String, _ parameters: [String: String] = [:]) throws -> [TemplateProblem] {
    do {
        _ = try parseTemplate(text, parameters)
        return []
    } catch let error as InvalidTemplate {
        return error.problems
    }
}

let templateHead = "ROSTemplateFormatVersion: '2015-09-01'\nTransform: 'Aliyun::Serverless-2018-04-03'\n"

/// A template with one service `s` and one function `f`; the texts are indented as they stand.
func makeTemplate(service: String = "", function: String = "", events: String = "", head: String = "") -> String {
    templateHead + head + """
        Resources:
          s:
            Type: Aliyun::Serverless::Service
            Properties:
              Description: d
        \(service)
            f:
              Type: Aliyun::Serverless::Function
              Properties:
                Handler: index.handler
                Runtime: nodejs20
                CodeUri: ./
        \(function)
        \(events)
        """
}

let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appending(path: "Fixtures")

@Suite("Template")
struct TemplateTests {
    @Test("the tutorial's template is read as it stands")
    func seed() throws {
        let bytes = Array(try Data(contentsOf: fixtures.appending(path: "seed/template.yml")))
        let template = try TemplateParser.parse(bytes, options: try makeOptions())

        let service = try #require(template.services.first)
        #expect(template.services.count == 1)
        #expect(service.name.rawValue == "marblesFC")
        #expect(service.configuration.description == "fc test")
        #expect(
            service.configuration.logging == LogConfiguration(project: "test-log-project", logstore: "test-log-store"))
        let function = try #require(service.functions.first)
        #expect(function.name.rawValue == "processEvent")
        #expect(function.configuration.handler == "httpTrigger.handler")
        #expect(function.configuration.runtime == "nodejs8")
        #expect(function.configuration.timeoutSeconds == 60)
        #expect(function.codeURI == "./")
        #expect(
            function.triggers.map(\.configuration.source) == [
                .http(HTTPTriggerConfiguration(authorization: .anonymous, methods: ["GET", "POST", "PUT"]))
            ])
        let project = try #require(template.logProjects.first)
        #expect(project.name == "test-log-project")
        #expect(project.logstores.map(\.ttlDays) == [10])
        #expect(template.notices.map(\.key) == ["Resources.marblesFC.processEvent.Properties.Runtime"])
    }

    @Test("every problem is reported with its line, key, value and remedy")
    func allProblems() throws {
        let found = try problems(
            of: """
                ROSTemplateFormatVersion: '2015-09-01'
                Transform: 'Aliyun::Serverless-2018-04-03'
                Resources:
                  shop:
                    Type: Aliyun::Serverless::Service
                    Properties:
                      Descripton: oops
                    list:
                      Type: Aliyun::Serverless::Function
                      Properties:
                        Runtime: nodejs99x
                        CodeUri: ./
                        Timeout: 1m
                        MemorySize: 130
                        Events: {}
                      Events:
                        t: { Type: Timer, Properties: { CronExpression: '0 8 * * *' } }
                        h: { Type: HTTP, Properties: { AuthType: nobody, Methods: [FETCH] } }
                """)
        let byKey = Dictionary(grouping: found, by: \.key).mapValues { $0[0] }
        #expect(byKey["Resources.shop.Properties.Descripton"]?.line == 7)
        #expect(byKey["Resources.shop.Properties.Descripton"]?.remedy == "Did you mean \"Description\"?")
        #expect(byKey["Resources.shop.list.Properties.Handler"]?.reason == "it is required and missing")
        #expect(byKey["Resources.shop.list.Properties.Runtime"]?.value == "nodejs99x")
        #expect(byKey["Resources.shop.list.Properties.Timeout"]?.line == 13)
        #expect(byKey["Resources.shop.list.Properties.Timeout"]?.value == "1m")
        #expect(byKey["Resources.shop.list.Properties.MemorySize"] != nil)
        #expect(byKey["Resources.shop.list.Properties.Events"] != nil)
        #expect(byKey["Resources.shop.list.Events.t.Properties.CronExpression"]?.reason.contains("5 fields") == true)
        #expect(byKey["Resources.shop.list.Events.h.Properties.AuthType"] != nil)
        #expect(byKey["Resources.shop.list.Events.h.Properties.Methods[0]"]?.value == "FETCH")
        #expect(found.map(\.line) == found.map(\.line).sorted())
        #expect(found.allSatisfy { !$0.remedy.isEmpty && $0.line > 0 })
    }

    @Test("cloud-only parts are accepted and named as having no effect")
    func cloudOnly() throws {
        let template = try parseTemplate(
            makeTemplate(
                service: """
                          Role: 'acs:ram::1:role/x'
                          Policies: AliyunECSFullAccess
                          VpcConfig: Auto
                          NasConfig: Auto
                          TracingConfig: Enable
                    """, function: "        Layers: [a]",
                events: """
                          Events:
                            o: { Type: OSS, Properties: { BucketName: b, Events: ['oss:ObjectCreated:*'], Filter: { Key: { Prefix: p } } } }
                    """) + "\n  t: { Type: 'Aliyun::Serverless::TableStore' }\n")
        #expect(
            template.notices.map { $0.key.split(separator: ".").last.map(String.init) ?? "" }.sorted() == [
                "Layers", "NasConfig", "Policies", "Role", "TracingConfig", "VpcConfig", "o", "t",
            ])
        #expect(template.services[0].functions[0].triggers[0].configuration.source.typeName == "oss")
    }

    @Test("a function cannot answer HTTP and events at once")
    func mixedTriggers() throws {
        let found = try problems(
            of: makeTemplate(
                events: """
                          Events:
                            h: { Type: HTTP, Properties: { AuthType: ANONYMOUS, Methods: [GET] } }
                            t: { Type: Timer, Properties: { CronExpression: '@every 5m' } }
                    """))
        #expect(found.map(\.key) == ["Resources.s.f.Events.t"])
    }

    @Test("an environment takes scalars only, and they become text")
    func environment() throws {
        let good = try parseTemplate(
            makeTemplate(function: "        EnvironmentVariables: { A: 1, B: true, C: '08', D: text }"))
        #expect(
            good.services[0].functions[0].configuration.environment == ["A": "1", "B": "true", "C": "08", "D": "text"])
        let bad = try problems(of: makeTemplate(function: "        EnvironmentVariables: { A: {}, B: ~, 9C: x }"))
        #expect(bad.map(\.key).contains("Resources.s.f.Properties.EnvironmentVariables.A"))
        #expect(bad.map(\.key).contains("Resources.s.f.Properties.EnvironmentVariables.B"))
    }

    @Test(
        "texts that are no template are refused with one clear problem",
        arguments: [
            "", "a", "[1]", "a: b: c", "\t- x", "a: [", "--- a\n--- b", "? [a]\n: b", "*x", "\u{0}",
            "%YAML 9.9\n---\na: 1",
        ])
    func notTemplates(text: String) throws {
        #expect(try !problems(of: text).isEmpty)
    }

    @Test("a key that stands twice is refused with both lines")
    func duplicateKeys() throws {
        let found = try problems(of: templateHead + "Resources:\n  a: 1\n  a: 2\n")
        #expect(found.map(\.line) == [5])
        #expect(found[0].reason.contains("line 4"))
    }

    @Test("alias bombs are refused before they grow")
    func aliasBomb() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...40 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }
        #expect(try problems(of: text).first?.reason.contains("100000 values") == true)
    }

    @Test("nesting and size are bounded")
    func bounds() throws {
        #expect(try problems(of: String(repeating: "[", count: 500)).first?.reason.contains("nested") == true)
        #expect(try problems(of: String(repeating: "#", count: (1 << 20) + 1)).first?.reason.contains("bytes") == true)
    }

    @Test("merge keys repeat settings, and own keys win")
    func mergeKeys() throws {
        let template = try parseTemplate(
            templateHead + """
                Resources:
                  s:
                    Type: Aliyun::Serverless::Service
                    f:
                      Type: Aliyun::Serverless::Function
                      Properties: &base { Handler: index.handler, Runtime: python3, CodeUri: ./, Timeout: 5 }
                    g:
                      Type: Aliyun::Serverless::Function
                      Properties: { <<: *base, Timeout: 9 }
                """)
        #expect(template.services[0].functions.map(\.configuration.timeoutSeconds) == [5, 9])
        #expect(template.services[0].functions.map(\.configuration.runtime) == ["python3", "python3"])
    }

    @Test("mutations of a template are read or refused, never worse", arguments: 0..<40)
    func mutations(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let original = Array(try Data(contentsOf: fixtures.appending(path: "seed/template.yml")))
        for _ in 0..<25 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: position)
                case 2:
                    bytes.insert(Array("&*!:{}[]-?'\"|>%@`\n ".utf8).randomElement(using: &random) ?? 0, at: position)
                default: bytes.swapAt(position, Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            do {
                let template = try TemplateParser.parse(bytes, options: try makeOptions())
                #expect(template.services.count <= 2, "seed \(seed)")
            } catch let error as InvalidTemplate {
                #expect(!error.problems.isEmpty, "seed \(seed)")
            }
        }
    }
}
