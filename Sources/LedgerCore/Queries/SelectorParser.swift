internal import FabricTypes

/// Reads a selector as CouchDB writes it and brings it into the form that ``Selector`` describes.
struct SelectorParser {
    /// How deep conditions may be nested.
    static let depthMax = 64

    let engine: any RegexEngine

    func selector(_ value: JSONValue) throws(SelectorError) -> Selector {
        guard let object = value.object else {
            throw SelectorError(.malformed, "The selector must be a JSON object, not \(value.typeName).")
        }
        return try conditions(object, at: nil, depth: 0)
    }

    /// - Parameter path: the field that the conditions are about; nil at the top and for an array's elements.
    private func conditions(_ object: JSONObject, at path: FieldPath?, depth: Int) throws(SelectorError) -> Selector {
        guard depth < Self.depthMax else {
            throw SelectorError(.nestedTooDeeply, "The selector is nested deeper than \(Self.depthMax).")
        }
        guard !object.members.isEmpty else {
            // A field compared with {} asks for the empty object; an empty selector asks for nothing.
            return path.map { .field($0, .compare(.equal, .object(object))) } ?? .all([])
        }
        var parts: [Selector] = []
        for member in object.members {
            parts.append(try condition(member.name, member.value, at: path, depth: depth))
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private func condition(
        _ name: Bytes, _ argument: JSONValue, at path: FieldPath?, depth: Int
    ) throws(SelectorError) -> Selector {
        guard name.first == UInt8(ascii: "$") else {
            let field = FieldPath(names: (path?.names ?? []) + FieldPath(name).names)
            if let object = argument.object { return try conditions(object, at: field, depth: depth + 1) }
            return .field(field, .compare(.equal, argument))
        }
        switch name.lossyText {
        case "$and": return .all(try list(name, argument, at: path, depth: depth))
        case "$or": return .any(try list(name, argument, at: path, depth: depth))
        case "$nor": return Selector.all(try list(name, argument, at: path, depth: depth).map(\.negated))
        case "$not":
            guard let object = argument.object else { throw invalid(name, argument, "a selector") }
            return try conditions(object, at: path, depth: depth + 1).negated
        default:
            let condition = try operation(name, argument, depth: depth)
            return path.map { .field($0, condition) } ?? condition
        }
    }

    private func list(
        _ name: Bytes, _ argument: JSONValue, at path: FieldPath?, depth: Int
    ) throws(SelectorError) -> [Selector] {
        guard let elements = argument.array else { throw invalid(name, argument, "an array of selectors") }
        var parts: [Selector] = []
        for element in elements {
            if let object = element.object {
                parts.append(try conditions(object, at: path, depth: depth + 1))
            } else if let path {
                parts.append(.field(path, .compare(.equal, element)))
            } else {
                throw invalid(name, argument, "an array of selectors")
            }
        }
        return parts
    }

    private func operation(_ name: Bytes, _ argument: JSONValue, depth: Int) throws(SelectorError) -> Selector {
        if let text = name.utf8Text, let comparison = Selector.Comparison(rawValue: text) {
            return .compare(comparison, argument)
        }
        switch name.lossyText {
        case "$exists":
            guard case .boolean(let shouldExist) = argument else { throw invalid(name, argument, "true or false") }
            return .exists(shouldExist)
        case "$type":
            let names = ["null", "boolean", "number", "string", "array", "object"]
            guard let type = argument.text?.utf8Text, names.contains(type) else {
                throw invalid(name, argument, "one of \(names.joined(separator: ", "))")
            }
            return .type(type)
        case "$in": return .isIn(try array(name, argument))
        case "$nin": return .isNotIn(try array(name, argument))
        case "$all": return .containsAll(try array(name, argument))
        case "$size":
            guard let count = argument.integer, count >= 0 else { throw invalid(name, argument, "an integer from 0") }
            return .size(count)
        case "$mod": return try modulo(name, argument)
        case "$regex":
            guard let source = argument.text else { throw invalid(name, argument, "a text") }
            return .regex(source: source, try engine.compile(source))
        case "$beginsWith":
            guard let prefix = argument.text else { throw invalid(name, argument, "a text") }
            return .beginsWith(prefix)
        case "$elemMatch": return .element(try nested(name, argument, depth: depth))
        case "$allMatch": return .everyElement(try nested(name, argument, depth: depth))
        case "$keyMapMatch": return .memberName(try nested(name, argument, depth: depth))
        default:
            throw SelectorError(.unknownOperator, "The selector's operator \"\(name.lossyText)\" is not known.")
        }
    }

    private func nested(_ name: Bytes, _ argument: JSONValue, depth: Int) throws(SelectorError) -> Selector {
        guard let object = argument.object else { throw invalid(name, argument, "a selector") }
        return try conditions(object, at: nil, depth: depth + 1)
    }

    private func array(_ name: Bytes, _ argument: JSONValue) throws(SelectorError) -> [JSONValue] {
        guard let elements = argument.array else { throw invalid(name, argument, "an array") }
        return elements
    }

    private func modulo(_ name: Bytes, _ argument: JSONValue) throws(SelectorError) -> Selector {
        guard let elements = argument.array, elements.count == 2,
            let divisor = elements[0].integer, divisor != 0, let remainder = elements[1].integer
        else { throw invalid(name, argument, "an array of two integers, the first of them not 0") }
        return .modulo(divisor: divisor, remainder: remainder)
    }

    private func invalid(_ name: Bytes, _ argument: JSONValue, _ expected: String) -> SelectorError {
        SelectorError(
            .invalidArgument,
            "The selector's operator \"\(name.lossyText)\" takes \(expected), not \(argument.encoded.shortText).")
    }
}

extension Selector {
    /// The opposite, with the negation at the conditions: a field that is absent fulfils neither.
    fileprivate var negated: Selector {
        switch self {
        case .all(let parts): .any(parts.map(\.negated))
        case .any(let parts): .all(parts.map(\.negated))
        case .not(let part): part
        case .field(let path, let condition): .field(path, condition.negated)
        case .compare(let comparison, let operand): .compare(comparison.negated, operand)
        case .exists(let shouldExist): .exists(!shouldExist)
        case .isIn(let operands): .isNotIn(operands)
        case .isNotIn(let operands): .isIn(operands)
        default: .not(self)
        }
    }
}

extension Selector.Comparison {
    fileprivate var negated: Self {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .greaterOrEqual: .less
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        }
    }
}

extension Bytes {
    /// A text for error messages, shortened beyond 80 bytes.
    var shortText: String {
        count <= 80 ? lossyText : self[0..<80].lossyText + "…"
    }
}
