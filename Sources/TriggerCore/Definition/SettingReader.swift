internal import FunctionTypes

/// One thing that is wrong with a trigger's settings.
package struct TriggerProblem: Hashable, Sendable {
    /// `Filter.color[0]`; empty for the settings as a whole.
    package var key: String
    /// As it stands there; nil where something is missing.
    package var value: String?
    /// Continues "… is refused:".
    package var reason: String
    /// A whole sentence.
    package var remedy: String
}

/// Reads members of a JSON object by name, whatever their case, and collects everything that is wrong.
struct SettingReader {
    private var rest: [String: JSONValue] = [:]
    private let prefix: String
    /// Filled with what is asked for; nil where nobody wants to know.
    private let keys: SettingKeys?
    private(set) var problems: [TriggerProblem] = []

    init(_ members: [String: JSONValue], prefix: String = "", keys: SettingKeys? = nil) {
        rest = members
        self.prefix = prefix
        self.keys = keys
    }

    private func note(_ name: String, _ value: String, isRequired: Bool = false) {
        keys?.note(prefix + name, value, isRequired: isRequired)
    }

    mutating func take(_ name: String) -> JSONValue? {
        note(name, SettingKeys.anyValue)
        let found = rest[name] != nil ? name : rest.keys.sorted().first { $0.lowercased() == name.lowercased() }
        guard let found, let value = rest.removeValue(forKey: found), value != .null else { return nil }
        return value
    }

    mutating func refuse(_ name: String, _ value: JSONValue?, _ reason: String, _ remedy: String) {
        let text = value.map { $0.stringValue ?? $0.jsonText }
        problems.append(
            TriggerProblem(
                key: prefix + name, value: text.map { String($0.prefix(80)) }, reason: reason, remedy: remedy))
    }

    mutating func text(_ name: String, isRequired: Bool = false, byteCountMax: Int = 1024) -> String? {
        note(name, "a text of 1 to \(byteCountMax) bytes", isRequired: isRequired)
        guard let value = take(name) else {
            if isRequired { refuse(name, nil, "it is missing", "Set \(name).") }
            return nil
        }
        guard let text = value.stringValue, !text.isEmpty, text.utf8.count <= byteCountMax else {
            refuse(name, value, "it is not a text of 1 to \(byteCountMax) bytes", "Write a text.")
            return nil
        }
        return text
    }

    /// Templates' parameters arrive as texts, so a number may be one too.
    mutating func number(_ name: String, in range: ClosedRange<Double>, unit: String) -> Double? {
        note(name, "\(Self.shown(range.lowerBound)) to \(Self.shown(range.upperBound)), \(unit)")
        guard let value = take(name) else { return nil }
        guard let number = value.doubleValue ?? value.stringValue.flatMap(Double.init), range.contains(number) else {
            refuse(
                name, value,
                "it is not a number from \(Self.shown(range.lowerBound)) to \(Self.shown(range.upperBound))",
                "Give \(unit).")
            return nil
        }
        return number
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>, unit: String) -> Int? {
        note(name, "\(range.lowerBound) to \(range.upperBound), \(unit)")
        guard let value = take(name) else { return nil }
        let number = value.integerValue ?? value.stringValue.flatMap { Int64($0) }
        guard let number, let integer = Int(exactly: number), range.contains(integer) else {
            refuse(
                name, value, "it is not a whole number from \(range.lowerBound) to \(range.upperBound)",
                "Give \(unit).")
            return nil
        }
        return integer
    }

    mutating func boolean(_ name: String) -> Bool? {
        note(name, "true or false")
        guard let value = take(name) else { return nil }
        if let boolean = value.boolValue { return boolean }
        switch value.stringValue?.lowercased() {
        case "true": return true
        case "false": return false
        default:
            refuse(name, value, "it is neither true nor false", "Write true or false.")
            return nil
        }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, of type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        note(name, Choice.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))
        guard let value = take(name) else { return nil }
        guard let choice = value.stringValue.flatMap({ Choice(rawValue: $0.uppercased()) }) else {
            refuse(
                name, value, "it is not one of the choices",
                "Use \(Choice.allCases.map(\.rawValue).joined(separator: ", ")).")
            return nil
        }
        return choice
    }

    /// One text or a list of texts.
    mutating func texts(_ name: String, countMax: Int = 100) -> [String] {
        note(name, "a text, or a list of at most \(countMax)")
        guard let value = take(name) else { return [] }
        let list = value.arrayValue ?? [value]
        let texts = list.compactMap(\.stringValue)
        guard texts.count == list.count, !list.isEmpty, list.count <= countMax, texts.allSatisfy({ !$0.isEmpty }) else {
            refuse(name, value, "it is neither a text nor a list of at most \(countMax) texts", "List names.")
            return []
        }
        return texts
    }

    mutating func patterns(_ name: String) -> [NamePattern] {
        texts(name).compactMap { text in
            guard let pattern = NamePattern(text) else {
                refuse(name, .string(text), "it is too long", "Use at most \(NamePattern.byteCountMax) bytes.")
                return nil
            }
            return pattern
        }
    }

    /// Reads an object within; its problems become ours.
    mutating func within<Result>(_ name: String, _ body: (inout SettingReader) -> Result) -> Result? {
        note(name, "a map")
        guard let value = take(name) else { return nil }
        guard let members = value.objectValue else {
            refuse(name, value, "it is no object", "Write members below it.")
            return nil
        }
        var reader = SettingReader(members, prefix: "\(prefix)\(name).", keys: keys)
        let result = body(&reader)
        reader.refuseRest()
        problems += reader.problems
        return result
    }

    mutating func add(_ problem: InvalidPattern, to name: String) {
        let path = problem.path.isEmpty ? "" : problem.path.hasPrefix("[") ? problem.path : ".\(problem.path)"
        problems.append(
            TriggerProblem(
                key: "\(prefix)\(name)\(path)", value: nil, reason: problem.reason,
                remedy: "Write a pattern such as {color: [blue]}."))
    }

    mutating func refuseRest() {
        for name in rest.keys.sorted() {
            refuse(name, rest[name], "it is not known here", "Remove it, or check its spelling.")
        }
        rest = [:]
    }

    private static func shown(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }
}
