internal import ArgumentParser
internal import DuetNode
internal import Foundation

/// `duet config show`.
struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "List the settings in force and where each comes from.")

    @OptionGroup var options: UpOptions
    @OptionGroup var output: OutputOptions

    private struct Row: Encodable {
        let setting: String
        let value: String
        /// `default`, `option`, `network` for what the network in the data folder is, or the file's path.
        let from: String
    }

    func run() throws {
        let reading = try options.read()
        for problem in reading.problems { Terminal.standardError.write("Problem: \(problem)\n") }
        let settings = reading.settings
        let founded = try? NetworkDescription.kept(in: settings.dataFolder)
        let network = try founded ?? NetworkDescription(settings.network)
        let given = reading.options.values(network: nil)
        let written = reading.file?.settings.values(network: nil) ?? [:]
        var all = settings.values(network: settings.hasNetwork ?? true ? network : nil)
        if all["organization"] == nil { all["organization"] = settings.organizationInForce(isFresh: false) }
        for (key, value) in UpSettings.standardValues where all[key] == nil { all[key] = value }
        let rows = UpSettings.keys.compactMap { key -> Row? in
            guard let value = all[key] else { return nil }
            let from =
                given[key] != nil
                ? "option"
                : written[key] != nil
                    ? reading.file?.path ?? "file"
                    : founded != nil && UpSettings.foundedKeys.contains(key) ? "network" : "default"
            return Row(setting: key, value: value, from: from)
        }
        try output.print(rows) { rows in
            var table = TextTable([.init("Setting"), .init("Value"), .init("From")])
            for row in rows { table.append([.init(row.setting), .init(row.value), .init(row.from)]) }
            return table.rendered()
        }
    }
}
