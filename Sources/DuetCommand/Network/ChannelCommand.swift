internal import ArgumentParser
internal import FunctionTypes

/// `duet channel …`.
struct ChannelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel", abstract: "Look at channels.",
        subcommands: [ChannelListCommand.self, ChannelInfoCommand.self])
}

/// `duet channel list`.
struct ChannelListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the channels that the organisation's peers have joined.")

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let channels = try await options.call(.get, ["api", "channels"])
        try options.output.print(channels) { channels in
            var table = TextTable([
                .init("Channel"), .init("Height", .right), .init("Config", .right), .init("Organisations"),
                .init("Problem"),
            ])
            for channel in channels.arrayValue ?? [] {
                table.append([
                    channel.cell("name"), channel.cell("height"), channel.cell("configSequence"),
                    channel.cell("organizations"), channel.cell("problem"),
                ])
            }
            return table.rendered()
        }
    }
}

/// `duet channel info`.
struct ChannelInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Describe a channel: how far it is, who is in it, its rules and contracts.")

    @Argument(help: ArgumentHelp("The channel.", valueName: "channel"))
    var channel: String

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let info = try await options.call(.get, ["api", "channels", channel])
        var members = info.objectValue ?? [:]
        members["definitions"] = try await options.call(.get, ["api", "channels", channel, "definitions"])
        try options.output.print(JSONValue.object(members)) { Self.table($0) }
    }

    private static func table(_ channel: JSONValue) -> String {
        var table = TextTable([.init("What"), .init("Value")])
        for (title, name) in [
            ("Channel", "name"), ("Height", "height"), ("Newest block", "currentBlockHash"),
            ("Config sequence", "configSequence"), ("Config block", "configBlock"),
            ("Organisations", "organizations"), ("Orderer organisations", "ordererOrganizations"),
            ("Orderers", "ordererAddresses"), ("Problem", "problem"),
        ] where channel[name] != nil {
            table.append([.init(title), channel.cell(name)])
        }
        table.append(["Blocks", .init(blocksText(channel["ordering"] ?? .null))])
        for (path, rule) in (channel["policies"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            table.append([.init(path), .init(rule.stringValue ?? "")])
        }
        for definition in channel["definitions"]?.arrayValue ?? [] {
            table.append([
                .init("Contract \(definition["name"]?.stringValue ?? "")"), .init(definitionText(definition)),
            ])
        }
        return table.rendered()
    }

    private static func blocksText(_ ordering: JSONValue) -> String {
        let count = ordering["maxMessageCount"]?.integerValue ?? 0
        let byteCount = ordering["preferredMaxBytes"]?.integerValue ?? 0
        return "at most \(count) transactions, \(byteCount) bytes preferred, after "
            + "\(ordering["batchTimeout"]?.stringValue ?? "") (\(ordering["consensus"]?.stringValue ?? ""))"
    }

    private static func definitionText(_ definition: JSONValue) -> String {
        if let problem = definition["problem"]?.stringValue { return problem }
        let version = definition["version"]?.stringValue ?? ""
        let sequence = definition["sequence"]?.integerValue ?? 0
        return "version \(version), sequence \(sequence), \(definition["endorsementPolicy"]?.stringValue ?? "")"
    }
}
