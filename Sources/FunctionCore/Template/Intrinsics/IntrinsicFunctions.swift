internal import FunctionTypes

/// JSON inside a template's texts.
enum TemplateJSON {
    static func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
        try JSONValue(parsing: text)
    }
}

/// The intrinsic functions whose arguments are finished values. `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::If` and the conditions
/// need their surroundings and stand in ``TemplateResolver``.
enum IntrinsicFunctions {
    static let names: Set<String> = [
        "Join", "Select", "Split", "Replace", "Str", "Base64Encode", "Base64Decode", "ListMerge", "GetJsonValue",
        "Equals", "And", "Or", "Not",
    ]

    /// Why arguments do not fit.
    struct Refusal: Error {
        var reason: String
        var remedy: String
    }

    static func evaluate(_ name: String, _ argument: TemplateNode) throws(Refusal) -> TemplateNode {
        let line = argument.line
        switch name {
        case "Join":
            let (first, second) = try pair(argument, form: "[separator, [text, …]]")
            let parts = try texts(second, form: "[separator, [text, …]]")
            return .text(parts.joined(separator: try text(first, form: "[separator, [text, …]]")), line: line)
        case "Select":
            return try select(argument)
        case "Split":
            let (first, second) = try pair(argument, form: "[separator, text]")
            let separator = try text(first, form: "[separator, text]")
            guard !separator.isEmpty else {
                throw Refusal(reason: "the separator is empty", remedy: "Write a separator.")
            }
            let parts = split(try text(second, form: "[separator, text]"), by: separator)
            return TemplateNode(.sequence(parts.map { .text($0, line: line) }), line: line)
        case "Replace":
            let (first, second) = try pair(argument, form: "[{from: to}, text]")
            var result = try text(second, form: "[{from: to}, text]")
            for entry in first.entries ?? [] where !entry.key.isEmpty {
                result = split(result, by: entry.key).joined(
                    separator: try text(entry.value, form: "[{from: to}, text]"))
            }
            return .text(result, line: line)
        case "Str":
            return .text(try text(argument, form: "a number or a text"), line: line)
        case "Base64Encode":
            return .text(Base64.encode(Array(try text(argument, form: "a text").utf8)), line: line)
        case "Base64Decode":
            guard let bytes = Base64.decode(try text(argument, form: "a text")),
                let decoded = String(validating: bytes, as: UTF8.self)
            else { throw Refusal(reason: "the text is not base64 of a text", remedy: "Mend the encoded text.") }
            return .text(decoded, line: line)
        case "ListMerge":
            return TemplateNode(.sequence(try lists(argument).flatMap { $0 }), line: line)
        case "GetJsonValue":
            return try jsonValue(argument)
        default:
            return TemplateNode(.scalar("\(try condition(name, argument))", isPlain: true), line: line)
        }
    }

    private static func select(_ argument: TemplateNode) throws(Refusal) -> TemplateNode {
        let form = "[index, [value, …]]"
        guard let parts = argument.elements, parts.count == 2 || parts.count == 3 else { throw wrongForm(form) }
        let found: TemplateNode?
        if let list = parts[1].elements {
            guard let index = parts[0].integer else { throw wrongForm(form) }
            found = list.indices.contains(index) ? list[index] : nil
        } else if parts[1].entries != nil, let key = parts[0].text {
            found = parts[1][key]
        } else {
            throw wrongForm(form)
        }
        guard let value = found ?? (parts.count == 3 ? parts[2] : nil) else {
            throw Refusal(reason: "there is no value at \"\(parts[0].shown)\"", remedy: "Choose one that the list has.")
        }
        return value
    }

    private static func jsonValue(_ argument: TemplateNode) throws(Refusal) -> TemplateNode {
        let (first, second) = try pair(argument, form: "[name, JSON text]")
        let name = try text(first, form: "[name, JSON text]")
        let json: JSONValue
        do {
            json = try TemplateJSON.parse(try text(second, form: "[name, JSON text]"))
        } catch let error as JSONSyntaxError {
            throw Refusal(reason: error.description, remedy: "Mend the JSON text.")
        } catch {
            throw wrongForm("[name, JSON text]")
        }
        guard let value = json.objectValue?[name] else {
            throw Refusal(reason: "the JSON text has no member \"\(name)\"", remedy: "Name a member that it has.")
        }
        return TemplateNode(value, line: argument.line)
    }

    private static func condition(_ name: String, _ argument: TemplateNode) throws(Refusal) -> Bool {
        switch name {
        case "Equals":
            let (first, second) = try pair(argument, form: "[value, value]")
            return first.json == second.json || first.text != nil && first.text == second.text
        case "Not":
            guard let value = (argument.elements?.count == 1 ? argument.elements?.first : argument)?.boolean else {
                throw wrongForm("[condition]")
            }
            return !value
        default:
            guard let parts = argument.elements, !parts.isEmpty else { throw wrongForm("[condition, condition, …]") }
            var values: [Bool] = []
            for part in parts {
                guard let value = part.boolean else { throw wrongForm("[condition, condition, …]") }
                values.append(value)
            }
            return name == "And" ? values.allSatisfy { $0 } : values.contains(true)
        }
    }

    // Arguments.

    private static func wrongForm(_ form: String) -> Refusal {
        Refusal(reason: "its arguments do not have the form \(form)", remedy: "Write \(form).")
    }

    private static func pair(_ node: TemplateNode, form: String) throws(Refusal) -> (TemplateNode, TemplateNode) {
        guard let parts = node.elements, parts.count == 2 else { throw wrongForm(form) }
        return (parts[0], parts[1])
    }

    private static func text(_ node: TemplateNode, form: String) throws(Refusal) -> String {
        if let text = node.text { return text }
        if node.isNull { return "" }
        throw wrongForm(form)
    }

    private static func texts(_ node: TemplateNode, form: String) throws(Refusal) -> [String] {
        guard let elements = node.elements else { throw wrongForm(form) }
        var texts: [String] = []
        for element in elements { texts.append(try text(element, form: form)) }
        return texts
    }

    private static func lists(_ node: TemplateNode) throws(Refusal) -> [[TemplateNode]] {
        guard let elements = node.elements else { throw wrongForm("[[value, …], [value, …]]") }
        var lists: [[TemplateNode]] = []
        for element in elements {
            guard let list = element.elements else { throw wrongForm("[[value, …], [value, …]]") }
            lists.append(list)
        }
        return lists
    }

    /// Splits by whole occurrences of `separator`, which is not empty; empty parts are kept.
    private static func split(_ text: String, by separator: String) -> [String] {
        var parts: [String] = []
        var rest = text[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        parts.append(String(rest))
        return parts
    }
}
