internal import ArgumentParser
internal import FunctionTypes

/// `duet block …`.
struct BlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Look at blocks.", subcommands: [BlockShowCommand.self])
}

/// `duet block show`.
struct BlockShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a block with its transactions.")

    @Argument(help: ArgumentHelp("The channel.", valueName: "channel"))
    var channel: String

    @Argument(help: ArgumentHelp("Its number, its header hash in hexadecimal, or newest.", valueName: "block"))
    var block = "newest"

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let answer = try await options.call(.get, ["api", "channels", channel, "blocks", block])
        try options.output.print(answer) { block in
            let transactions = block["transactions"]?.arrayValue ?? []
            return Self.table(block, channel: channel) + "\n" + Self.table(transactions)
                + Self.hint(transactions, of: block, channel: channel)
        }
    }

    private static func table(_ block: JSONValue, channel: String) -> String {
        var table = TextTable([.init("What"), .init("Value")])
        table.append(["Block", .init("\(block["number"]?.integerValue ?? 0) of \(channel)")])
        for (title, name) in [
            ("Hash", "hash"), ("Previous", "previousHash"), ("Commit hash", "commitHash"), ("Bytes", "byteCount"),
            ("Config block", "configBlock"),
        ] where block[name] != nil {
            table.append([.init(title), block.cell(name)])
        }
        for orderer in block["orderers"]?.arrayValue ?? [] {
            table.append(["Ordered by", .init(orderer.identityText)])
        }
        return table.rendered()
    }

    private static func table(_ transactions: [JSONValue]) -> String {
        var table = TextTable([
            .init("#", .right), .init("Transaction"), .init("Code"), .init("Contract"), .init("Function"),
            .init("Creator"),
        ])
        for transaction in transactions {
            let isValid = transaction["isValid"]?.boolValue ?? false
            table.append([
                transaction.cell("index"), transaction.cell("transaction"),
                .init(transaction["code"]?.stringValue ?? "", isValid ? nil : .red), transaction.cell("contract"),
                transaction.cell("function"), .init(transaction["creator"]?.identityText ?? "–"),
            ])
        }
        return table.rendered()
    }

    private static func hint(_ transactions: [JSONValue], of block: JSONValue, channel: String) -> String {
        guard let first = transactions.first(where: { $0["isValid"]?.boolValue == false }) else { return "" }
        let place = "\(block["number"]?.integerValue ?? 0):\(first["index"]?.integerValue ?? 0)"
        return "\nWhy one is not valid: \(RootCommand.programName) tx show \(channel.escapingControls) \(place)\n"
    }
}

extension JSONValue {
    /// An identity in short: `User1@org1.example.com (Org1MSP)`.
    var identityText: String {
        let name = self["name"]?.stringValue ?? "?"
        return self["mspId"]?.stringValue.map { "\(name) (\($0))" } ?? name
    }
}
