internal import ArgumentParser
internal import FunctionTypes

/// What deploying and removing take alike.
struct DeployOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The template, or a folder with one; else the current folder.", valueName: "template"))
    var template: String?

    @Option(
        help: ArgumentHelp(
            "Whose functions they become; several, separated by commas, each get them.", valueName: "names"))
    var organization: String?

    @Option(
        name: [.short, .customLong("parameter-override")],
        help: ArgumentHelp("A parameter's value.", valueName: "key=value"))
    var parameter: [String] = []

    @Flag(help: "Only say what would change.")
    var dryRun = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for text in parameter
        where text.split(separator: "=", maxSplits: 1).first?.isEmpty ?? true || !text.contains("=") {
            throw ValidationError("-p is \"\(text)\": write key=value.")
        }
    }

    var parameters: [String: String] {
        Dictionary(
            parameter.map { text in
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts[1]))
            }, uniquingKeysWith: { _, last in last })
    }

    /// The body of a deployment, without code.
    func body(_ file: TemplateFile, isDryRun: Bool) -> [String: JSONValue] {
        let organizations = organization?.split(separator: ",").map { JSONValue.string(String($0)) } ?? []
        return [
            "template": .string(file.text), "parameters": .object(parameters.mapValues(JSONValue.string)),
            "organizations": .array(organizations), "isDryRun": .bool(isDryRun),
        ]
    }
}

/// What a deployment changes, as lines for people.
struct PlanText {
    let result: JSONValue

    /// A line for each change; what stays as it is is counted only.
    var changes: String {
        var text = ""
        var unchangedCount = 0
        for change in result["changes"]?.arrayValue ?? [] {
            let action = change["action"]?.stringValue ?? ""
            if action == "unchanged" {
                unchangedCount += 1
                continue
            }
            let line = "\(change["kind"]?.stringValue ?? "") \(change["name"]?.stringValue ?? "")"
            let organization = change["organization"]?.stringValue ?? ""
            text += "  \(mark(action)) \(line.escapingControls)  \(gray(organization))\n"
            for detail in change["details"]?.arrayValue ?? [] {
                text += "      \(gray(detail.stringValue ?? ""))\n"
            }
        }
        if unchangedCount > 0 { text += "  \(unchangedCount) unchanged\n" }
        return text
    }

    /// Parts of the template that do nothing here.
    var notices: String {
        (result["notices"]?.arrayValue ?? []).map { notice in
            let line = notice["line"]?.integerValue ?? 0
            let place = line > 0 ? "line \(line): " : ""
            return "Note: \(place)\(notice["key"]?.stringValue ?? ""): \(notice["text"]?.stringValue ?? "")"
                .escapingControls
                + "\n"
        }.joined()
    }

    var isUnchanged: Bool { result["isUnchanged"]?.boolValue ?? false }

    private func mark(_ action: String) -> String {
        switch action {
        case "create": Terminal.standardOutput.paint("+", .green)
        case "update": Terminal.standardOutput.paint("~", .yellow)
        case "remove": Terminal.standardOutput.paint("-", .red)
        default: "  stays:"
        }
    }

    private func gray(_ text: String) -> String {
        Terminal.standardOutput.paint(text.escapingControls, .gray)
    }
}
