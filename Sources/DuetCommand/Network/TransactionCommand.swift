internal import ArgumentParser
internal import FunctionTypes

/// `duet tx …`.
struct TransactionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tx", abstract: "Look at transactions.", subcommands: [TransactionShowCommand.self])
}

/// `duet tx show`.
struct TransactionShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a transaction: where it stands, what it did and, if it is not valid, why.")

    @Argument(help: ArgumentHelp("The channel.", valueName: "channel"))
    var channel: String

    @Argument(help: ArgumentHelp("Its id, or its place as block:index.", valueName: "transaction"))
    var transaction: String

    @Flag(
        help: """
            Show its functions instead: endorsement checks, recorded calls, triggers with every attempt, log lines, and the \
            transactions they wrote back. Also for the id of a refused proposal.
            """)
    var functions = false

    @Option(
        help: ArgumentHelp("With --functions, follow so many transactions written back, 0 to 8.", valueName: "count"))
    var depth = 2

    @Option(help: ArgumentHelp("With --functions, log lines of each invocation, 0 to 500.", valueName: "count"))
    var lines = 20

    @OptionGroup var options: FunctionOptions

    func validate() throws {
        guard (0...8).contains(depth) else { throw ValidationError("--depth is \(depth): give 0 to 8.") }
        guard (0...500).contains(lines) else { throw ValidationError("--lines is \(lines): give 0 to 500.") }
    }

    func run() async throws {
        if functions {
            let trace = try await options.call(
                .get, ["api", "channels", channel, "transactions", transaction, "trace"],
                query: [("depth", "\(depth)"), ("lines", "\(lines)")])
            return try options.output.print(trace) { TraceText.tree(of: $0) }
        }
        let answer = try await options.call(.get, ["api", "channels", channel, "transactions", transaction])
        try options.output.print(answer) { Self.table($0) + Self.explanation($0) }
    }

    private static func table(_ transaction: JSONValue) -> String {
        var table = TextTable([.init("What"), .init("Value")])
        table.append(["Transaction", transaction.cell("transaction")])
        let (block, index) = (transaction["block"]?.integerValue ?? 0, transaction["index"]?.integerValue ?? 0)
        table.append(["Place", .init("\(block):\(index)")])
        let isValid = transaction["isValid"]?.boolValue ?? false
        table.append(["Code", .init(transaction["code"]?.stringValue ?? "", isValid ? .green : .red)])
        for (title, name) in [
            ("Type", "type"), ("Time", "time"), ("Contract", "contract"), ("Function", "function"), ("Event", "event"),
        ] where transaction[name] != nil {
            table.append([.init(title), transaction.cell(name)])
        }
        if let creator = transaction["creator"] { table.append(["Creator", .init(creator.identityText)]) }
        for argument in transaction["arguments"]?.arrayValue ?? [] {
            table.append(["Argument", .init(argument.bytesText("value"))])
        }
        for endorser in transaction["endorsers"]?.arrayValue ?? [] {
            table.append(["Endorsed by", .init(endorser.identityText)])
        }
        if let response = transaction["response"] {
            let status = response["status"]?.integerValue ?? 0
            table.append(["Response", .init("\(status) \(response.bytesText("payload"))")])
        }
        for read in transaction["reads"]?.arrayValue ?? [] {
            let version = read["version"]
            let place = version?["block"].map { "\($0.jsonText):\(version?["index"]?.jsonText ?? "")" }
            table.append(["Reads", .init(place.map { "\(read.keyText) at \($0)" } ?? read.keyText)])
        }
        for write in transaction["writes"]?.arrayValue ?? [] {
            let isDelete = write["isDelete"]?.boolValue ?? false
            table.append([
                isDelete ? "Deletes" : "Writes",
                .init(isDelete ? write.keyText : "\(write.keyText) = \(write.bytesText("value"))"),
            ])
        }
        return table.rendered()
    }

    /// Why it is not valid, and what to do.
    private static func explanation(_ transaction: JSONValue) -> String {
        guard let explanation = transaction["explanation"] else { return "" }
        var lines = ["", explanation["message"]?.stringValue ?? ""]
        if let conflict = explanation["conflict"] {
            lines.append("Key: \(conflict.keyText)")
            if let winner = conflict["winner"] {
                let place = "\(winner["block"]?.integerValue ?? 0):\(winner["index"]?.integerValue ?? 0)"
                lines.append("Changed by: \(winner["transaction"]?.stringValue ?? "") at \(place)")
            }
            lines.append("Submit it again: it is endorsed anew, over what is there now.")
        }
        if let missing = explanation["missingOrganizations"]?.arrayValue, !missing.isEmpty {
            lines.append("Missing endorsements of: \(missing.compactMap(\.stringValue).joined(separator: ", "))")
        }
        return lines.map { $0.escapingControls + "\n" }.joined()
    }
}

extension JSONValue {
    /// Bytes as the API tells them: a text, or base64.
    fileprivate func bytesText(_ name: String) -> String {
        let text = self[name]?.stringValue ?? self["\(name)Base64"]?.stringValue.map { "base64:\($0)" } ?? ""
        return self["\(name)ByteCount"]?.integerValue.map { "\(text)… (\($0) bytes)" } ?? text
    }

    /// A key with the contract it belongs to.
    fileprivate var keyText: String {
        let namespace = self["namespace"]?.stringValue ?? ""
        if let hash = self["keyHash"]?.stringValue {
            return "\(namespace)/\(self["collection"]?.stringValue ?? "")/#\(hash)"
        }
        if self["key"] == nil, self["keyBase64"] == nil {
            return "\(namespace)/\(bytesText("rangeStart"))…\(bytesText("rangeEnd"))"
        }
        return "\(namespace)/\(bytesText("key"))"
    }
}
