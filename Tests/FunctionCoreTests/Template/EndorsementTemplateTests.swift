import FunctionCore
import FunctionTypes
import Testing

@Suite("Template: endorsement checks")
struct EndorsementTemplateTests {
    private func template(_ properties: String) -> String {
        makeTemplate(
            events: """
                      Events:
                        check-transfer:
                          Type: Endorsement
                          Properties: \(properties)
                """)
    }

    @Test("a check is read with everything it leaves out")
    func short() throws {
        let parsed = try parseTemplate(template("{ Channel: trade, Contract: marbles }"))
        let trigger = try #require(parsed.services.first?.functions.first?.triggers.first)

        #expect(trigger.name.rawValue == "check-transfer")
        #expect(
            trigger.configuration.source
                == .other(
                    type: "endorsement",
                    configuration: [
                        "channel": "trade", "contract": "marbles", "functions": [], "timeout": 2, "onError": "REFUSE",
                        "transientValues": false, "cacheSeconds": 0, "cacheBy": ["ARGUMENTS", "CREATOR"],
                    ]))
    }

    @Test("a check is read with everything it can say")
    func long() throws {
        let parsed = try parseTemplate(
            template(
                "{ Channel: trade, Contract: marbles, Functions: [set_owner], Timeout: 5, OnError: ALLOW, "
                    + "TransientValues: true, CacheSeconds: 60, CacheBy: [CREATOR], Qualifier: prod }"))
        let trigger = try #require(parsed.services.first?.functions.first?.triggers.first)

        #expect(trigger.configuration.qualifier.description == "prod")
        #expect(
            trigger.configuration.source
                == .other(
                    type: "endorsement",
                    configuration: [
                        "channel": "trade", "contract": "marbles", "functions": ["set_owner"], "timeout": 5,
                        "onError": "ALLOW", "transientValues": true, "cacheSeconds": 60, "cacheBy": ["CREATOR"],
                    ]))
    }

    @Test(
        "what is wrong is told by its key",
        arguments: [
            ("{ Contract: marbles }", "Channel"), ("{ Channel: trade }", "Contract"),
            ("{ Channel: trade, Contract: m, Timeout: 31 }", "Timeout"),
            ("{ Channel: trade, Contract: m, OnError: maybe }", "OnError"),
            ("{ Channel: trade, Contract: m, CacheBy: [TIME] }", "CacheBy"),
            ("{ Channel: trade, Contract: m, Functions: set_owner }", "Functions"),
            ("{ Channel: trade, Contract: m, Functions: [] }", "Functions"),
            ("{ Channel: trade, Contract: m, Functions: [''] }", "Functions[0]"),
            ("{ Channel: trade, Contract: m, CacheBy: [CREATOR] }", "CacheBy"),
            ("{ Channel: trade, Contract: m, CacheSeconds: 5, CacheBy: [] }", "CacheBy"),
            ("{ Channel: '*', Contract: m }", "Channel"), ("{ Channel: '', Contract: m }", "Channel"),
            ("{ Channel: trade, Contract: '*' }", "Contract"), ("{ Channel: trade, Contract: '' }", "Contract"),
            ("{ Channel: trade, Contract: _lifecycle }", "Contract"),
            ("{ Channel: trade, Contract: m, Function: set_owner }", "Function"),
        ])
    func wrong(properties: String, key: String) throws {
        let found = try problems(of: template(properties))
        #expect(found.contains { $0.key.hasSuffix(key) }, "\(found)")
    }
}
