/// The `Parameters` section with the values given at deployment.
///
/// Sources: the parameter rules of the resource orchestration service (`String`, `Number`, `CommaDelimitedList`, `Json`,
/// `Boolean`).
struct TemplateParameters {
    private(set) var values: [String: TemplateNode] = [:]
    private(set) var problems: [TemplateProblem] = []
    /// Keys of rules that are accepted without being checked.
    private(set) var uncheckedKeys: [String] = []

    private static let typesAllowed = ["String", "Number", "CommaDelimitedList", "Json", "Boolean"]
    private static let keysAllowed: Set<String> = [
        "Type", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxLength", "MinValue", "MaxValue",
        "NoEcho",
        "Description", "ConstraintDescription", "Label", "AssociationProperty", "Confirm",
    ]

    init(section: TemplateNode?, given: [String: String]) {
        guard let section else {
            refuseUnknown(given, known: [])
            return
        }
        guard let entries = section.entries else {
            problems.append(
                TemplateProblem(
                    line: section.line, key: "Parameters", value: section.shown, reason: "it must be a map",
                    remedy: "Write one entry per parameter, each with a Type."))
            return
        }
        refuseUnknown(given, known: entries.map(\.key))
        for entry in entries {
            read(entry, given: given[entry.key])
        }
    }

    private mutating func refuseUnknown(_ given: [String: String], known: [String]) {
        for name in given.keys.sorted() where !known.contains(name) {
            problems.append(
                TemplateProblem(
                    line: 0, key: "Parameters.\(name)", value: given[name],
                    reason: "the template has no such parameter",
                    remedy: "Leave it out, or declare it under Parameters."))
        }
    }

    private mutating func read(_ entry: TemplateNode.Entry, given: String?) {
        let key = "Parameters.\(entry.key)"
        func refuse(_ node: TemplateNode?, _ reason: String, _ remedy: String, suffix: String = "") {
            problems.append(
                TemplateProblem(
                    line: node?.line ?? entry.keyLine, key: key + suffix, value: node?.shown, reason: reason,
                    remedy: remedy))
        }
        guard let members = entry.value.entries else {
            refuse(entry.value, "it must be a map", "Write its Type, for example \"Type: String\".")
            return
        }
        for member in members where !Self.keysAllowed.contains(member.key) {
            refuse(member.value, "a parameter has no such key", "Leave it out.", suffix: ".\(member.key)")
        }
        // A stranger's pattern can take for ever to match, so none is run here.
        if entry.value["AllowedPattern"] != nil { uncheckedKeys.append("\(key).AllowedPattern") }
        guard let type = entry.value["Type"]?.text, Self.typesAllowed.contains(type) else {
            refuse(
                entry.value["Type"], "its Type is missing or unknown",
                "Write one of \(Self.typesAllowed.joined(separator: ", ")).", suffix: ".Type")
            return
        }
        let raw = given.map { TemplateNode.text($0, line: entry.keyLine) } ?? entry.value["Default"]
        guard let raw else {
            refuse(nil, "no value was given and it has no Default", "Give one with \"--parameter \(entry.key)=VALUE\".")
            return
        }
        guard let value = Self.convert(raw, to: type) else {
            refuse(raw, "the value is not of type \(type)", "Give a value of that type.")
            return
        }
        if let broken = Self.brokenConstraint(of: value, in: entry.value) {
            let explanation = entry.value["ConstraintDescription"]?.text.map { "; \($0)" } ?? ""
            refuse(raw, broken + explanation, "Give a value within the constraint.")
            return
        }
        values[entry.key] = value
    }

    private static func convert(_ node: TemplateNode, to type: String) -> TemplateNode? {
        switch type {
        case "Number":
            return node.number == nil ? nil : TemplateNode(.scalar(node.text ?? "0", isPlain: true), line: node.line)
        case "Boolean":
            return node.boolean.map { TemplateNode(.scalar("\($0)", isPlain: true), line: node.line) }
        case "CommaDelimitedList":
            if node.elements != nil { return node }
            guard let text = node.text else { return nil }
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            return TemplateNode(.sequence(parts.map { .text(String($0), line: node.line) }), line: node.line)
        case "Json":
            guard let text = node.text else { return node }
            guard let json = try? TemplateJSON.parse(text) else { return nil }  // the caller says that it is no JSON
            return TemplateNode(json, line: node.line)
        default:
            return node.text.map { .text($0, line: node.line) } ?? (node.isNull ? .text("", line: node.line) : nil)
        }
    }

    private static func brokenConstraint(of value: TemplateNode, in rules: TemplateNode) -> String? {
        if let allowed = rules["AllowedValues"]?.elements, !allowed.contains(where: { $0.text == value.text }) {
            return "it must be one of \(allowed.compactMap(\.text).joined(separator: ", "))"
        }
        if let text = value.text {
            if let shortest = rules["MinLength"]?.integer, text.count < shortest {
                return "it is shorter than \(shortest)"
            }
            if let longest = rules["MaxLength"]?.integer, text.count > longest { return "it is longer than \(longest)" }
        }
        if let number = value.number {
            if let least = rules["MinValue"]?.number, number < least { return "it is below \(least)" }
            if let most = rules["MaxValue"]?.number, number > most { return "it is above \(most)" }
        }
        return nil
    }
}
