internal import ArgumentParser
internal import DuetClient
internal import FabricTypes
internal import FunctionTypes
internal import LedgerCore

/// `duet contract list`.
struct ContractListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the contracts whose definitions are committed on the channel.")

    @OptionGroup var options: ContractOptions

    func run() async throws {
        let definitions = try await options.withChannel { try await LifecycleCalls($0).definitions() }
        let json = JSONValue.array(definitions.map { .object(DefinitionText.members($0)) })
        try options.output.print(json) { _ in
            var table = TextTable([
                .init("Contract"), .init("Version"), .init("Sequence", .right), .init("Init"), .init("Collections"),
                .init("Endorsement"),
            ])
            for definition in definitions {
                table.append([
                    .init(definition.name.lossyText), .init(definition.version.lossyText),
                    .init("\(definition.sequence)"), .init(definition.isInitRequired ? "required" : "–"),
                    .init(DefinitionText.list(definition.collectionNames)), .init(definition.policyText),
                ])
            }
            return table.rendered()
        }
    }
}

/// A definition as commands print it.
enum DefinitionText {
    static func members(_ definition: ChaincodeDefinitionFields) -> [String: JSONValue] {
        [
            "name": .string(definition.name.lossyText), "version": .string(definition.version.lossyText),
            "sequence": .integer(definition.sequence), "isInitRequired": .bool(definition.isInitRequired),
            "endorsementPolicy": .string(definition.policyText),
            "collections": .array(definition.collectionNames.map { .string($0) }),
        ]
    }

    static func list(_ names: [String]) -> String {
        names.isEmpty ? "–" : names.joined(separator: ", ")
    }

    /// By MSP id.
    static func approvals(_ approvals: Approvals) -> [(organization: String, isApproved: Bool)] {
        approvals.byOrganization.sorted { $0.key < $1.key }.map { ($0.key.lossyText, $0.value) }
    }
}
