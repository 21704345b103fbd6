internal import DuetNode
internal import FunctionCore
internal import FunctionTypes

/// Every setting of `duet.yaml`: what the reader takes, what holds without it, and what the file to begin with says of it.
enum ConfigurationPage {
    static func make() throws -> ReferencePage {
        let explained = ExplainedSettings(ConfigurationText.text)
        let keys = SettingKeys()
        let reader = ConfigurationReader(folder: "", findings: TemplateFindings(keys: keys))
        _ = reader.read(try YAMLReader.read(Array(explained.settings.utf8)))
        let standard = try UpSettings().values(network: NetworkDescription()).merging(UpSettings.standardValues) { $1 }
        let founded = Set(UpSettings.foundedKeys)
        var table = MarkdownTable(["Setting", "Value", "Default", "Meaning"])
        for key in keys.keys where key.value != "a map" {
            let fixed = founded.contains(key.path) ? " Fixed by the first start." : ""
            table.append([
                "`\(key.path.replacing("[0]", with: "[]"))`", MarkdownTable.value(of: key),
                MarkdownTable.code(standard[key.path]), (explained.meanings[key.path] ?? "") + fixed,
            ])
        }
        return ReferencePage(
            "configuration.md", title: "Configuration",
            [
                explained.introduction,
                "`duet config init` writes the file with every setting, explained and commented out. Names with dots are keys "
                    + "below keys: `network.orderer.port` is `port` below `orderer` below `network`.",
                table.text,
                "Settings fixed by the first start stand in certificates and in the channel's first block: a later start that "
                    + "asks otherwise is refused.",
            ])
    }
}

/// The file to begin with, taken apart: its settings without the comment signs, and what it says of each.
struct ExplainedSettings {
    private(set) var introduction = ""
    /// A YAML document with every setting.
    private(set) var settings = ""
    /// By the setting's name from the top.
    private(set) var meanings: [String: String] = [:]

    init(_ text: String) {
        var comment: [String] = []
        var parents: [(indentation: Int, name: String)] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("#") else {
                if introduction.isEmpty { introduction = comment.joined(separator: " ") }
                comment = []
                continue
            }
            let content = line.dropFirst()
            let indentation = content.prefix { $0 == " " }.count
            guard indentation != 1 else {
                comment.append(String(content.dropFirst()))
                continue
            }
            settings += content + "\n"
            let name = content.dropFirst(indentation).prefix { $0 != ":" }
            while let last = parents.last, last.indentation >= indentation { parents.removeLast() }
            parents.append((indentation, String(name)))
            if !name.hasPrefix("-") {
                meanings[parents.map(\.name).joined(separator: ".")] = comment.joined(separator: " ")
            }
        }
    }
}
