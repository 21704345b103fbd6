package import FabricTypes

/// A condition on a JSON value, normalised as CouchDB does: conditions stand at single fields, negations are pushed inwards.
///
/// A field that a document lacks fulfils no condition but `$exists: false`, not even a negated one. Where a selector
/// without a field stands, it judges the value itself. Source: CouchDB's `mango_selector`.
package indirect enum Selector: Sendable {
    case all([Selector])
    case any([Selector])
    case not(Selector)
    case field(FieldPath, Selector)

    case compare(Comparison, JSONValue)
    case exists(Bool)
    case type(String)
    case isIn([JSONValue])
    case isNotIn([JSONValue])
    case containsAll([JSONValue])
    case size(Int)
    case modulo(divisor: Int, remainder: Int)
    case regex(source: Bytes, any RegexPattern)
    case beginsWith(Bytes)
    /// Some element of an array.
    case element(Selector)
    /// Every element of an array that has elements.
    case everyElement(Selector)
    /// Some member name of an object.
    case memberName(Selector)

    package enum Comparison: String, Hashable, Sendable {
        case equal = "$eq"
        case notEqual = "$ne"
        case less = "$lt"
        case lessOrEqual = "$lte"
        case greater = "$gt"
        case greaterOrEqual = "$gte"
    }

    /// - Throws: ``SelectorError`` when a pattern runs into its limit.
    package func matches(_ value: JSONValue) throws(SelectorError) -> Bool {
        switch self {
        case .all(let parts):
            for part in parts where try !part.matches(value) { return false }
            return true
        case .any(let parts):
            for part in parts where try part.matches(value) { return true }
            return false
        case .not(let part):
            return try !part.matches(value)
        case .field(let path, let condition):
            return try Self.field(path, condition, matches: value)
        default:
            return try conditionMatches(value)
        }
    }

    private static func field(
        _ path: FieldPath, _ condition: Selector, matches value: JSONValue
    ) throws(SelectorError) -> Bool {
        switch path.look(up: value) {
        case .found(let value): return try condition.matches(value)
        case .absent:
            if case .exists(false) = condition { return true }
            return false
        case .blocked: return false
        }
    }

    private func conditionMatches(_ value: JSONValue) throws(SelectorError) -> Bool {
        switch self {
        case .compare(let comparison, let operand): return comparison.holds(value, operand)
        case .exists(let shouldExist): return shouldExist
        case .type(let name): return value.typeName == name
        case .isIn(let operands): return Self.isAny(of: operands, value)
        case .isNotIn(let operands): return !Self.isAny(of: operands, value)
        case .containsAll(let operands): return Self.contains(value, all: operands)
        case .size(let count): return value.array?.count == count
        case .modulo(let divisor, let remainder):
            guard case .number(let number) = value else { return false }
            return number.remainder(dividingBy: divisor) == remainder
        case .regex(_, let pattern):
            guard let text = value.text else { return false }
            return try pattern.occurs(in: text)
        case .beginsWith(let prefix): return value.text?.starts(with: prefix) ?? false
        case .element(let condition):
            for element in value.array ?? [] where try condition.matches(element) { return true }
            return false
        case .everyElement(let condition):
            guard let elements = value.array, !elements.isEmpty else { return false }
            for element in elements where try !condition.matches(element) { return false }
            return true
        case .memberName(let condition):
            for member in value.object?.members ?? [] where try condition.matches(.text(member.name)) { return true }
            return false
        case .all, .any, .not, .field:
            return try matches(value)
        }
    }

    /// `$in` looks into an array for an element, as CouchDB does, and compares any other value itself.
    private static func isAny(of operands: [JSONValue], _ value: JSONValue) -> Bool {
        if let elements = value.array { return elements.contains { operands.contains($0) } }
        return operands.contains(value)
    }

    private static func contains(_ value: JSONValue, all operands: [JSONValue]) -> Bool {
        guard let elements = value.array, !operands.isEmpty else { return false }
        if operands.allSatisfy({ elements.contains($0) }) { return true }
        return operands.count == 1 && operands[0] == value
    }
}

extension Selector.Comparison {
    package func holds(_ value: JSONValue, _ operand: JSONValue) -> Bool {
        switch self {
        case .equal: value == operand
        case .notEqual: value != operand
        case .less: value < operand
        case .lessOrEqual: !(operand < value)
        case .greater: operand < value
        case .greaterOrEqual: !(value < operand)
        }
    }
}
