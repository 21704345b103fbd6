import ArgumentParser
import FabricTypes
import FunctionTypes
import Testing

@testable import DuetCommand

@Suite("What contract commands read and print")
struct ContractTextTests {
    @Test(
        "a line is taken apart as shells do",
        arguments: [
            ("put a 1", ["put", "a", "1"]), ("  put   'two words'\t\"and  more\" ", ["put", "two words", "and  more"]),
            (#"put {\"a\":1} "{\"b\": \"c\"}""#, ["put", #"{"a":1}"#, #"{"b": "c"}"#]),
            (#"q '{"selector":{"x":"\n"}}'"#, ["q", #"{"selector":{"x":"\n"}}"#]), (#"a\ b \n"#, ["a b", #"\n"#]),
            ("''", [""]), ("", []), ("it's f'ine", ["its fine"]),
        ])
    func words(line: String, expected: [String]) throws {
        #expect(try ShellWords.split(line) == expected)
    }

    @Test("a quotation mark that is not closed is told")
    func unclosed() {
        #expect(throws: ShellWords.Unclosed.self) { try ShellWords.split("put 'a b") }
    }

    @Test(
        "a pattern's star stands for any characters",
        arguments: [
            ("*", "", true), ("put", "put", true), ("put", "puts", false), ("p*", "put", true), ("*t", "put", true),
            ("p*t", "pt", true), ("p*p", "p", false), ("*a*b*", "xaybz", true), ("*a*b*", "xbya", false),
            ("**", "é", true),
        ])
    func patterns(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }

    @Test("schemas are told in a few words")
    func schemas() throws {
        func short(_ text: String) throws -> String { SchemaText.short(try JSONValue(parsing: Array(text.utf8))) }
        #expect(try short(#"{"type":"string"}"#) == "text")
        #expect(try short(#"{"type":"array","items":{"type":"integer"}}"#) == "list of integer")
        #expect(
            try short(
                #"{"type":"object","title":"T","required":["a"],"properties":{"a":{"type":"number"},"b":{"enum":["x","y"]}}}"#
            ) == "{a: number, b?: x|y}")
        #expect(try short(#"{"title":"Opaque"}"#) == "Opaque")
        #expect(try short(##"{"$ref":"#/components/schemas/Asset"}"##) == "Asset")
        #expect(try short("{}") == "anything")
    }

    @Test("a definition keeps what no option names, and gets the next number only where it says something else")
    func definitions() throws {
        let committed = ChaincodeDefinitionFields(
            name: Bytes("goods"), sequence: 4, version: Bytes("1.0"), endorsementPlugin: Bytes("escc"),
            validationPlugin: Bytes("vscc"),
            validationParameter: ApplicationPolicy(
                .channelConfigPolicyReference(Bytes("/Channel/Application/Endorsement"))
            ).encoded(), collections: CollectionConfigPackage([]), isInitRequired: true)
        func asked(_ arguments: String...) throws -> ChaincodeDefinitionFields {
            try DefinitionOptions.parse(arguments).definition(of: "goods", over: committed)
        }
        #expect(try asked().sequence == 4)
        #expect(try asked("--policy", "channel").sequence == 4)
        let changed = try asked("--version", "2.0")
        #expect(changed.sequence == 5 && changed.isInitRequired && changed.version == Bytes("2.0"))
        #expect(try asked("--no-init-required").sequence == 5)
        #expect(try asked("--policy", "OR('Org1MSP.peer')").sequence == 5)
        #expect(throws: CommandError.self) { try asked("--policy", "nonsense") }
        let first = try DefinitionOptions.parse([]).definition(of: "new", over: nil)
        #expect(first.sequence == 1 && first.version == Bytes("1.0"))
    }
}
