internal import ArgumentParser
internal import DuetClient
internal import FabricTypes
internal import FunctionTypes
internal import LedgerCore

/// `duet contract show`.
struct ContractShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a contract: its definition, who has approved it, its methods and what they take.")

    @Argument(help: ArgumentHelp("The contract.", valueName: "contract"))
    var contract: String

    @OptionGroup var options: ContractOptions

    func run() async throws {
        let (name, node) = (contract, options.node)
        let found = try await options.withChannel(defaultUser: "Admin") { channel in
            let calls = LifecycleCalls(channel)
            let definition = try await calls.definition(of: name)
            let pending = try await PendingDefinition.find(name, after: definition?.definition, calls, channel)
            return (definition: definition, pending: pending, methods: await ContractMethods.find(name, channel, node))
        }
        guard var definition = found.definition?.definition else {
            let pending = found.pending.map { " It waits to be committed: \($0.text)." } ?? ""
            throw CommandError(
                .failed,
                "The channel has no contract \"\(name)\".\(pending) See those it has: \(RootCommand.programName) contract list"
            )
        }
        definition.name = Bytes(name)
        let approvals = DefinitionText.approvals(found.definition?.approvals ?? Approvals())
        var members = DefinitionText.members(definition)
        members["approvals"] = .object(
            Dictionary(approvals.map { ($0.organization, .bool($0.isApproved)) }) { first, _ in first })
        members["pending"] = found.pending?.json
        if let methods = found.methods { members["methods"] = methods.json }
        try options.output.print(JSONValue.object(members)) { _ in
            Self.table(definition, approvals, found.pending).rendered()
                + (found.methods?.text(of: name) ?? Self.silence(name))
        }
    }

    private static func table(
        _ definition: ChaincodeDefinitionFields, _ approvals: [(organization: String, isApproved: Bool)],
        _ pending: PendingDefinition?
    ) -> TextTable {
        var table = TextTable([.init("What"), .init("Value")])
        table.append(["Contract", .init(definition.name.lossyText)])
        table.append(["Version", .init("\(definition.version.lossyText), sequence \(definition.sequence)")])
        table.append(["Endorsement", .init(definition.policyText)])
        table.append(["Init", .init(definition.isInitRequired ? "required before other calls" : "not required")])
        table.append(["Collections", .init(DefinitionText.list(definition.collectionNames))])
        for approval in approvals {
            table.append([
                "Approved by",
                .init(
                    approval.isApproved ? approval.organization : "not \(approval.organization)",
                    approval.isApproved ? .green : .yellow),
            ])
        }
        if let pending { table.append(["To be committed", .init(pending.text, .yellow)]) }
        return table
    }

    private static func silence(_ name: String) -> String {
        "\nIt does not describe its methods.\n"
    }
}

/// What is known of a contract's methods.
struct ContractMethods: Sendable {
    struct Method: Sendable {
        let name: String
        /// Nil for a method that reads its arguments itself.
        let parameters: [Parameter]?
        let result: JSONValue?
    }

    struct Parameter: Sendable {
        let name: String
        let schema: JSONValue
    }

    /// In the order of the contract.
    let methods: [Method]

    /// Asks the node, which knows the contracts that are linked into it, and then the contract itself.
    ///
    /// - Returns: nil where neither says anything: a contract needs no description to be called.
    static func find(_ name: String, _ channel: ChannelClient, _ node: NodeOptions) async -> ContractMethods? {
        let answer = try? await node.withClient { try await $0.call(.get, ["api", "contracts", name]) }
        if let methods = answer?["methods"] { return ContractMethods(transactions: methods) }
        let metadata = try? await channel.contract(name).evaluate("org.hyperledger.fabric:GetMetadata")
        guard let metadata, let document = try? JSONValue(parsing: metadata.array) else { return nil }
        let contracts = document["contracts"]?.objectValue ?? [:]
        guard let contract = contracts[name] ?? contracts.sorted(by: { $0.key < $1.key }).first?.value else {
            return nil
        }
        return contract["transactions"].flatMap { ContractMethods(transactions: $0) }
    }

    /// - Parameter transactions: as Fabric's contract metadata lists them.
    init?(transactions: JSONValue) {
        guard let list = transactions.arrayValue else { return nil }
        methods = list.compactMap { method in
            guard let name = method["name"]?.stringValue else { return nil }
            return Method(
                name: name,
                parameters: method["parameters"]?.arrayValue?.map {
                    Parameter(name: $0["name"]?.stringValue ?? "", schema: $0["schema"] ?? [:])
                }, result: method["returns"])
        }
    }

    var json: JSONValue {
        .array(
            methods.map { method in
                var members: [String: JSONValue] = ["name": .string(method.name)]
                members["parameters"] = method.parameters.map { parameters in
                    .array(parameters.map { ["name": .string($0.name), "schema": $0.schema] })
                }
                members["returns"] = method.result
                return .object(members)
            })
    }

    /// A line for each method, and below them how to call one.
    func text(of contract: String) -> String {
        var table = TextTable([.init("Method"), .init("Arguments"), .init("Answer")])
        for method in methods {
            let parameters = method.parameters?.map { "\($0.name): \(SchemaText.short($0.schema))" }
            table.append([
                .init(method.name),
                .init(parameters.map { $0.isEmpty ? "–" : $0.joined(separator: ", ") } ?? "as the contract reads them"),
                .init(method.result.map { SchemaText.short($0) } ?? "–"),
            ])
        }
        return "\n" + table.rendered()
            + "\nCall one: \(RootCommand.programName) contract query \(contract.escapingControls) METHOD ARGUMENTS, or invoke to change "
            + "the ledger; the schemas: --json.\n"
    }
}

/// A JSON schema in a few words.
enum SchemaText {
    static let depthMax = 4

    static func short(_ schema: JSONValue, depth: Int = 0) -> String {
        if let values = schema["enum"]?.arrayValue {
            return values.map { $0.stringValue ?? $0.jsonText }.joined(separator: "|")
        }
        if let choices = schema["anyOf"]?.arrayValue ?? schema["oneOf"]?.arrayValue, depth < depthMax {
            return choices.map { short($0, depth: depth + 1) }.joined(separator: " or ")
        }
        let title = schema["title"]?.stringValue
        switch schema["type"]?.stringValue {
        case "array":
            guard depth < depthMax, let items = schema["items"] else { return "list" }
            return "list of \(short(items, depth: depth + 1))"
        case "object":
            guard depth < depthMax, let properties = schema["properties"]?.objectValue, !properties.isEmpty else {
                return title ?? "object"
            }
            let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
            let members = properties.sorted { $0.key < $1.key }.map { name, value in
                "\(name)\(required.contains(name) ? "" : "?"): \(short(value, depth: depth + 1))"
            }
            return "{\(members.joined(separator: ", "))}"
        case "string": return schema["contentEncoding"] == "binary" ? "bytes" : "text"
        case let type?: return type
        case nil:
            let reference = schema["$ref"]?.stringValue?.split(separator: "/").last.map(String.init)
            return title ?? reference ?? "anything"
        }
    }
}
