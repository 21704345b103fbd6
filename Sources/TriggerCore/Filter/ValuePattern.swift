package import FunctionTypes

/// One condition on a value, in the words of Lambda's event filters.
package enum ValuePattern: Hashable, Sendable {
    case equals(JSONValue)
    case prefix(String)
    case suffix(String)
    case equalsIgnoringCase(String)
    case wildcard(NamePattern)
    /// None of these.
    case anythingBut([ValuePattern])
    case numeric([Comparison])
    case exists(Bool)

    package struct Comparison: Hashable, Sendable {
        package enum Operator: String, Sendable {
            case less = "<"
            case lessOrEqual = "<="
            case equal = "="
            case greaterOrEqual = ">="
            case greater = ">"
        }

        var `operator`: Operator
        var operand: Double
    }

    /// - Parameter value: nil where the member is missing.
    func matches(_ value: JSONValue?) -> Bool {
        if case .exists(let isThere) = self { return (value != nil) == isThere }
        guard let value else { return false }
        // A list matches if one of its elements does.
        if case .array(let elements) = value {
            if case .anythingBut(let patterns) = self {
                return !elements.contains { element in patterns.contains { $0.matches(element) } }
            }
            return elements.contains { matches($0) }
        }
        switch self {
        case .equals(let expected): return Self.isEqual(value, expected)
        case .prefix(let text): return value.stringValue?.utf8.starts(with: text.utf8) ?? false
        case .suffix(let text): return value.stringValue?.utf8.reversed().starts(with: text.utf8.reversed()) ?? false
        case .equalsIgnoringCase(let text): return value.stringValue?.lowercased() == text
        case .wildcard(let pattern): return value.stringValue.map(pattern.matches) ?? false
        case .anythingBut(let patterns): return !patterns.contains { $0.matches(value) }
        case .numeric(let comparisons): return value.doubleValue.map { Self.holds(comparisons, $0) } ?? false
        case .exists: return false
        }
    }

    private static func isEqual(_ value: JSONValue, _ expected: JSONValue) -> Bool {
        switch (value, expected) {
        // Bytewise: Swift's own comparison would take two spellings of one letter for equal.
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.integer, .integer), (.bool, .bool), (.null, .null): value == expected
        case (.integer, .number), (.number, .integer), (.number, .number): value.doubleValue == expected.doubleValue
        default: false
        }
    }

    private static func holds(_ comparisons: [Comparison], _ value: Double) -> Bool {
        comparisons.allSatisfy { comparison in
            switch comparison.operator {
            case .less: value < comparison.operand
            case .lessOrEqual: value <= comparison.operand
            case .equal: value == comparison.operand
            case .greaterOrEqual: value >= comparison.operand
            case .greater: value > comparison.operand
            }
        }
    }

    /// Reads one element of a list of conditions.
    init(parsing json: JSONValue, at path: String) throws(InvalidPattern) {
        func refuse(_ reason: String) -> InvalidPattern { InvalidPattern(path: path, reason: reason) }
        switch json {
        case .null, .bool, .integer, .number, .string:
            self = .equals(json)
        case .array:
            throw refuse("a list stands in a list")
        case .object(let members):
            guard members.count == 1, let (name, value) = members.first else {
                throw refuse("a condition has one member, such as {\"prefix\": \"a\"}")
            }
            switch name {
            case "prefix": self = .prefix(try Self.text(value, name, path))
            case "suffix": self = .suffix(try Self.text(value, name, path))
            case "equals-ignore-case": self = .equalsIgnoringCase(try Self.text(value, name, path).lowercased())
            case "wildcard":
                guard let pattern = NamePattern(try Self.text(value, name, path)) else {
                    throw refuse("\"wildcard\" is empty or has more than \(NamePattern.byteCountMax) bytes")
                }
                self = .wildcard(pattern)
            case "anything-but":
                let values = value.arrayValue ?? [value]
                guard !values.isEmpty else { throw refuse("\"anything-but\" is empty") }
                var patterns: [ValuePattern] = []
                for value in values { patterns.append(try ValuePattern(parsing: value, at: path)) }
                self = .anythingBut(patterns)
            case "numeric": self = .numeric(try Self.comparisons(value, path))
            case "exists":
                guard let isThere = value.boolValue else { throw refuse("\"exists\" takes true or false") }
                self = .exists(isThere)
            default:
                throw refuse(
                    "\"\(name.prefix(40))\" is no condition: use prefix, suffix, equals-ignore-case, wildcard, anything-but, "
                        + "numeric or exists")
            }
        }
    }

    private static func text(_ value: JSONValue, _ name: String, _ path: String) throws(InvalidPattern) -> String {
        guard let text = value.stringValue else { throw InvalidPattern(path: path, reason: "\"\(name)\" takes a text") }
        return text
    }

    private static func comparisons(_ value: JSONValue, _ path: String) throws(InvalidPattern) -> [Comparison] {
        let refusal = InvalidPattern(path: path, reason: "\"numeric\" takes pairs such as [\">\", 0, \"<=\", 10]")
        guard let list = value.arrayValue, !list.isEmpty, list.count <= 4, list.count % 2 == 0 else { throw refusal }
        var comparisons: [Comparison] = []
        for index in stride(from: 0, to: list.count, by: 2) {
            guard let name = list[index].stringValue, let comparison = Comparison.Operator(rawValue: name),
                let operand = list[index + 1].doubleValue
            else { throw refusal }
            comparisons.append(Comparison(operator: comparison, operand: operand))
        }
        return comparisons
    }
}

/// A pattern that says nothing, and where.
package struct InvalidPattern: Error, Hashable, Sendable {
    /// `color[0]`; empty for the pattern itself.
    package var path: String
    package var reason: String
}
