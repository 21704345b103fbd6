import FunctionCore
import FunctionTypes
import Testing

@Suite("Parameters and intrinsic functions")
struct IntrinsicTests {
    /// What the description of the function becomes.
    private func description(_ value: String, head: String = "", parameters: [String: String] = [:]) throws -> String? {
        try parseTemplate(makeTemplate(function: "        Description: \(value)", head: head), parameters)
            .services[0].functions[0].configuration.description
    }

    @Test(
        "each function gives its value, by tag and by name",
        arguments: [
            ("!Join [-, [a, b]]", "a-b"), ("{'Fn::Join': ['', [a, 1]]}", "a1"), ("!Select [1, [a, b]]", "b"),
            ("!Select [x, {x: y}]", "y"), ("!Select [5, [a], z]", "z"), ("!Join [+, !Split [',', 'a,b,']]", "a+b+"),
            ("!Replace [{a: b}, banana]", "bbnbnb"), ("!Str 5", "5"), ("!Base64Encode hi", "aGk="),
            ("!Base64Decode aGk=", "hi"), ("!Join ['', !ListMerge [[a], [b, c]]]", "abc"),
            ("!GetJsonValue [k, '{\"k\": \"v\"}']", "v"), ("!Ref ALIYUN::AccountId", "Org1MSP"), ("!Ref s", "s"),
            ("!GetAtt s.ServiceName", "s"), ("!GetAtt [f, FunctionName]", "f"),
            ("!Sub 'a-${ALIYUN::Region}-${s.ServiceName}-${!x}'", "a-local-s-${x}"), ("!Sub ['${x}', {x: y}]", "y"),
        ])
    func values(expression: String, expected: String) throws {
        #expect(try description(expression) == expected)
    }

    @Test("parameters come from the deployment, else from their default")
    func parameters() throws {
        let head = "Parameters: { Name: { Type: String, Default: x, MaxLength: 5, AllowedValues: [x, y, toolong] } }\n"
        #expect(try description("!Ref Name", head: head) == "x")
        #expect(try description("!Ref Name", head: head, parameters: ["Name": "y"]) == "y")
        let text = makeTemplate(function: "        Description: !Ref Name", head: head)
        #expect(try problems(of: text, ["Name": "z"])[0].reason.contains("one of"))
        #expect(try problems(of: text, ["Name": "toolong"])[0].reason.contains("longer"))
        #expect(try problems(of: text, ["Other": "1"])[0].key == "Parameters.Other")
    }

    @Test("conditions choose values and resources")
    func conditions() throws {
        let head = """
            Parameters: { Stage: { Type: String, Default: dev } }
            Mappings: { Names: { dev: { title: D }, prod: { title: P } } }
            Conditions:
              IsProd: !Equals [!Ref Stage, prod]
              IsNot: !Not [IsProd]
              Any: !Or [IsProd, IsNot]

            """
        #expect(try description("!If [IsProd, big, small]", head: head) == "small")
        #expect(try description("!If [Any, yes, no]", head: head) == "yes")
        #expect(
            try description("!FindInMap [Names, !Ref Stage, title]", head: head, parameters: ["Stage": "prod"]) == "P")
        #expect(try description("!If [IsProd, text, !Ref ALIYUN::NoValue]", head: head) == nil)
        let text =
            makeTemplate(head: head) + "\n  gone:\n    Type: Aliyun::Serverless::Service\n    Condition: IsProd\n"
        #expect(try parseTemplate(text).services.map(\.name.rawValue) == ["s"])
    }

    @Test(
        "what cannot be answered is refused by name",
        arguments: [
            "!Ref Nobody", "!GetAtt s.Nothing", "!GetAZs x", "!Join x", "!Select [9, [a]]", "!Base64Decode '%'",
            "!Sub '${'",
            "!Sub '${x}'", "!GetJsonValue [k, '{']", "!If [Missing, a, b]", "!FindInMap [a, b, c]", "!Split ['', x]",
        ])
    func refused(expression: String) throws {
        let found = try problems(of: makeTemplate(function: "        Description: \(expression)"))
        #expect(
            found.contains {
                $0.key.hasPrefix("Resources.s.f.Properties.Description") || $0.key.hasPrefix("Conditions")
            })
    }

    @Test("conditions in a circle are refused")
    func circle() throws {
        let head = "Conditions: { A: !Not [B], B: !Not [A] }\n"
        let found = try problems(of: makeTemplate(function: "        Description: !If [A, x, y]", head: head))
        #expect(found.contains { $0.reason.contains("needs itself") })
    }

    @Test("values that functions blow up are bounded")
    func growth() throws {
        var text = "!Ref P"
        for _ in 0..<20 { text = "!Join ['', [\(text), \(text)]]" }
        let head = "Parameters: { P: { Type: String, Default: '\(String(repeating: "x", count: 1000))' } }\n"
        // 2^20 copies of the text would be 1 GB; the template itself stays under its bound only to depth 14.
        var shallow = "!Ref P"
        for _ in 0..<13 { shallow = "!Join ['', [\(shallow), \(shallow)]]" }
        let found = try problems(of: makeTemplate(function: "        Description: \(shallow)", head: head))
        #expect(found.contains { $0.reason.contains("exceed") })
        #expect(try !problems(of: makeTemplate(function: "        Description: \(text)", head: head)).isEmpty)
    }
}
