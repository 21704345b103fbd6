import FunctionCore
import FunctionTypes
import Testing

@Suite("Template: the ledger")
struct LedgerTemplateTests {
    private func template(_ resources: String) -> String { templateHead + "Resources:\n" + resources }

    @Test("a channel with its contracts is read, in short and in long form")
    func reads() throws {
        let template = try parseTemplate(
            template(
                """
                  trade:
                    Type: 'Duet::Ledger::Channel'
                    Properties: { Organizations: [UnitedMarbles, MarbleMarket] }
                    marbles-strict:
                      Type: 'Duet::Ledger::Contract'
                      Properties: { Runtime: builtin, EndorsementPolicy: "AND('UnitedMarbles.peer','MarbleMarket.peer')" }
                    marbles:
                      Type: 'Duet::Ledger::Contract'
                      Properties:
                        Runtime: builtin
                        Version: '2.0'
                        InitRequired: true
                """))
        let channel = try #require(template.ledgerChannels.first)
        #expect(channel.name == "trade" && channel.line == 4)
        #expect(channel.organizations?.map(\.name) == ["UnitedMarbles", "MarbleMarket"])
        let strict = try #require(channel.contracts.first)
        #expect(strict.name == "marbles-strict")
        #expect(strict.policy == "AND('UnitedMarbles.peer','MarbleMarket.peer')")
        #expect((strict.line, strict.policyLine) == (7, 9))
        #expect(strict.version == nil && !strict.isInitRequired)
        #expect(channel.contracts[1].version == "2.0" && channel.contracts[1].isInitRequired)
        #expect(channel.contracts[1].policy == nil)
    }

    @Test(
        "what is wrong is told with its line, key and remedy",
        arguments: [
            ("  c:\n    Type: 'Duet::Ledger::Contract'\n", 4, "Resources.c", "must stand inside a channel"),
            (
                "  c:\n    Type: 'Duet::Ledger::Channel'\n    k:\n      Type: 'Duet::Ledger::Contract'\n", 7,
                "Resources.c.k.Properties", "required and missing"
            ),
            (
                "  c:\n    Type: 'Duet::Ledger::Channel'\n    k:\n      Type: 'Duet::Ledger::Contract'\n      Properties:\n        Runtime: go\n",
                9, "Resources.c.k.Properties.Runtime", "not one of the values"
            ),
            (
                "  c:\n    Type: 'Duet::Ledger::Channel'\n    k:\n      Type: 'Duet::Ledger::Contract'\n      Properties: { Runtime: builtin, CodeUri: ./ }\n",
                8, "Resources.c.k.Properties.CodeUri", "code of their own"
            ),
            (
                "  c:\n    Type: 'Duet::Ledger::Channel'\n    k:\n      Type: 'Duet::Ledger::Contract'\n      Properties: { Runtime: builtin, Version: 'v 7' }\n",
                8, "Resources.c.k.Properties.Version", "letters, digits"
            ),
            (
                "  c:\n    Type: 'Duet::Ledger::Channel'\n    Properties: { Organizations: [{}], Orgs: 1 }\n", 6,
                "Resources.c.Properties.Organizations", "must be a text"
            ),
            (
                "  c:\n    Type: 'Duet::Ledger::Channel'\n    k: { Type: 'Aliyun::Serverless::Function' }\n", 6,
                "Resources.c.k.Type", "not one of the values"
            ),
        ])
    func problem(resources: String, line: Int, key: String, reason: String) throws {
        let found = try problems(of: template(resources))
        let problem = try #require(found.first { $0.key == key }, "\(found)")
        #expect(problem.line == line)
        #expect(problem.reason.contains(reason))
        #expect(!problem.remedy.isEmpty)
    }
}
