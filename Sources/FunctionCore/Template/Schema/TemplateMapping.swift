package import FunctionTypes

/// Collects what is wrong or without effect while a template is read.
package final class TemplateFindings {
    /// Filled while the template is read; nil where nobody asks for it.
    let keys: SettingKeys?

    package init(keys: SettingKeys? = nil) {
        self.keys = keys
    }

    package private(set) var problems: [TemplateProblem] = []
    private(set) var notices: [TemplateNotice] = []

    package func refuse(_ line: Int, _ key: String, _ value: String?, _ reason: String, _ remedy: String) {
        problems.append(TemplateProblem(line: line, key: key, value: value, reason: reason, remedy: remedy))
    }

    package func add(_ more: [TemplateProblem]) {
        problems += more
    }

    func notice(_ line: Int, _ key: String, _ text: String) {
        notices.append(TemplateNotice(line: line, key: key, text: text))
    }
}

/// A map of the template being read: hands out its members, checked, and in the end reports the keys that nobody asked for.
///
/// Every reader notes what is wrong and returns nil, so that one pass finds all problems.
package struct TemplateMapping {
    package let node: TemplateNode
    package let key: String
    package let findings: TemplateFindings
    private var keysRead: Set<String> = []

    /// Nil, with a problem noted, if the node is not a map. Null stands for an empty map.
    package init?(_ node: TemplateNode, key: String, findings: TemplateFindings) {
        if node.isNull {
            self.node = TemplateNode(.mapping([]), line: node.line)
        } else if node.entries != nil {
            self.node = node
        } else {
            findings.refuse(
                node.line, key, node.shown, "it must be a map", "Write \"name: value\" lines, indented below it.")
            return nil
        }
        self.key = key
        self.findings = findings
    }

    /// The member, or nil if it is absent or null; noted as a problem if `isRequired`.
    package mutating func member(_ name: String, isRequired: Bool = false) -> TemplateNode? {
        findings.keys?.note(path(name), SettingKeys.anyValue, isRequired: isRequired)
        keysRead.insert(name)
        if let member = node[name], !member.isNull { return member }
        if isRequired {
            findings.refuse(node.line, path(name), nil, "it is required and missing", "Add \"\(name): …\".")
        }
        return nil
    }

    package mutating func mapping(_ name: String, isRequired: Bool = false) -> TemplateMapping? {
        findings.keys?.note(path(name), "a map", isRequired: isRequired)
        return member(name, isRequired: isRequired).flatMap { TemplateMapping($0, key: path(name), findings: findings) }
    }

    package mutating func text(_ name: String, isRequired: Bool = false) -> String? {
        findings.keys?.note(path(name), "a text", isRequired: isRequired)
        guard let member = member(name, isRequired: isRequired) else { return nil }
        guard let text = member.text else {
            findings.refuse(
                member.line, path(name), member.shown, "it must be a text",
                "Write one value, in quotes if it has special characters.")
            return nil
        }
        return text
    }

    package mutating func choice(_ name: String, of choices: [String], isRequired: Bool = false) -> String? {
        noteChoice(name, choices, isRequired: isRequired, standard: nil)
        guard let member = member(name, isRequired: isRequired) else { return nil }
        guard let text = member.text, choices.contains(text) else {
            findings.refuse(
                member.line, path(name), member.shown, "it is not one of the values allowed",
                "Write \(choices.joined(separator: " or ")).")
            return nil
        }
        return text
    }

    package mutating func integer(_ name: String, in range: ClosedRange<Int>, unit: String, isRequired: Bool = false)
        -> Int?
    {
        findings.keys?.note(path(name), SettingKeys.text(range, unit), isRequired: isRequired)
        guard let member = member(name, isRequired: isRequired) else { return nil }
        guard let value = member.integer, range.contains(value) else {
            findings.refuse(
                member.line, path(name), member.shown,
                "it must be a whole number\(unit.isEmpty ? "" : " of \(unit)") from \(range.lowerBound) to \(range.upperBound)",
                "Write such a number without a unit.")
            return nil
        }
        return value
    }

    package mutating func boolean(_ name: String, isRequired: Bool = false) -> Bool? {
        findings.keys?.note(path(name), "true or false", isRequired: isRequired)
        guard let member = member(name, isRequired: isRequired) else { return nil }
        guard let value = member.boolean else {
            findings.refuse(member.line, path(name), member.shown, "it must be true or false", "Write one of the two.")
            return nil
        }
        return value
    }

    package mutating func list(_ name: String, isRequired: Bool = false) -> [TemplateNode]? {
        findings.keys?.note(path(name), "a list", isRequired: isRequired)
        guard let member = member(name, isRequired: isRequired) else { return nil }
        guard let elements = member.elements else {
            findings.refuse(
                member.line, path(name), member.shown, "it must be a list",
                "Write \"[a, b]\", or lines that begin with \"- \".")
            return nil
        }
        return elements
    }

    // With the value that holds where the key is left out, or where it is refused.

    mutating func integer(_ name: String, in range: ClosedRange<Int>, unit: String, standard: Int) -> Int {
        findings.keys?.note(path(name), SettingKeys.text(range, unit), standard: "\(standard)")
        return integer(name, in: range, unit: unit) ?? standard
    }

    mutating func boolean(_ name: String, standard: Bool) -> Bool {
        findings.keys?.note(path(name), "true or false", standard: "\(standard)")
        return boolean(name) ?? standard
    }

    mutating func text(_ name: String, standard: String) -> String {
        findings.keys?.note(path(name), "a text", standard: standard)
        return text(name) ?? standard
    }

    mutating func choice(_ name: String, of choices: [String], standard: String) -> String {
        noteChoice(name, choices, isRequired: false, standard: standard)
        return choice(name, of: choices) ?? standard
    }

    private func noteChoice(_ name: String, _ choices: [String], isRequired: Bool, standard: String?) {
        findings.keys?.note(
            path(name), choices.map { "`\($0)`" }.joined(separator: ", "), isRequired: isRequired, standard: standard)
    }

    mutating func checked<Name: ResourceName>(_ type: Name.Type, _ name: String, isRequired: Bool = false) -> Name? {
        guard let text = text(name, isRequired: isRequired) else { return nil }
        return Self.check(text, as: type, line: node[name]?.line ?? node.line, key: path(name), findings)
    }

    static func check<Name: ResourceName>(
        _ text: String, as type: Name.Type, line: Int, key: String, _ findings: TemplateFindings
    ) -> Name? {
        do throws(InvalidResourceName) {
            return try Name(validating: text)
        } catch {
            findings.refuse(
                line, key, text, "this is no valid \(Name.kind.lowercased()): \(error.rule)", "Choose another name.")
            return nil
        }
    }

    /// A member that only a cloud can honour: taken, noted, and returned to be read back.
    mutating func withoutEffect(_ name: String, because reason: String) -> JSONValue? {
        findings.keys?.note(path(name), SettingKeys.anyValue, withoutEffect: reason)
        guard let member = member(name) else { return nil }
        findings.notice(member.line, path(name), "It has no effect here: \(reason).")
        return member.json
    }

    /// The entries that were not asked for by name: children named by the user.
    var rest: [TemplateNode.Entry] {
        (node.entries ?? []).filter { !keysRead.contains($0.key) }
    }

    /// Notes every key that nobody asked for.
    package func refuseRest() {
        for entry in rest {
            let nearest = keysRead.sorted().min { Self.distance($0, entry.key) < Self.distance($1, entry.key) }
            let isNear = nearest.map { Self.distance($0, entry.key) <= max(2, $0.count / 3) } ?? false
            let remedy =
                isNear
                ? "Did you mean \"\(nearest ?? "")\"?" : "Known here: \(keysRead.sorted().joined(separator: ", "))."
            findings.refuse(entry.keyLine, path(entry.key), nil, "this key is not known here", remedy)
        }
    }

    package func path(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }

    /// Letters to change to get from one word to the other, without regard to case.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().utf8.prefix(64))
        let right = Array(right.lowercased().utf8.prefix(64))
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let cost = min(diagonal + (byte == other ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[right.count]
    }
}
