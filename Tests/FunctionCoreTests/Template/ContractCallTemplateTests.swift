import FunctionCore
import FunctionTypes
import Testing

@Suite("Template: functions that contracts may call")
struct ContractCallTemplateTests {
    private func template(_ properties: String) -> String {
        makeTemplate(
            events: """
                      Events:
                        by-contract:
                          Type: ContractCall
                          Properties: \(properties)
                """)
    }

    @Test(
        "it is read with what it says and what it leaves out",
        arguments: [
            ("{ Channel: trade, Contract: grain }", Int64(2), "LATEST"),
            ("{ Channel: trade, Contract: grain, Timeout: 10, Qualifier: prod }", 10, "prod"),
        ])
    func read(properties: String, timeout: Int64, qualifier: String) throws {
        let parsed = try parseTemplate(template(properties))
        let trigger = try #require(parsed.services.first?.functions.first?.triggers.first)

        #expect(trigger.configuration.qualifier.description == qualifier)
        #expect(
            trigger.configuration.source
                == .other(
                    type: "contractcall",
                    configuration: ["channel": "trade", "contract": "grain", "timeout": .integer(timeout)]))
    }

    @Test(
        "what is wrong is told by its key",
        arguments: [
            ("{ Contract: grain }", "Channel"), ("{ Channel: trade }", "Contract"),
            ("{ Channel: trade, Contract: c, Timeout: 11 }", "Timeout"),
            ("{ Channel: trade, Contract: c, Contracts: [d] }", "Contracts"),
        ])
    func wrong(properties: String, key: String) throws {
        let found = try problems(of: template(properties))
        #expect(found.contains { $0.key.hasSuffix(key) }, "\(found)")
    }
}
