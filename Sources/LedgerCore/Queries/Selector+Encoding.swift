extension Selector {
    /// The normalised selector as a selector again, for `explain`.
    package var document: JSONValue {
        switch self {
        case .all(let parts): JSONValue(object: [("$and", .array(parts.map(\.document)))])
        case .any(let parts): JSONValue(object: [("$or", .array(parts.map(\.document)))])
        case .not(let part): JSONValue(object: [("$not", part.document)])
        case .field(let path, let condition): JSONValue(object: [(path.text, condition.document)])
        case .compare(let comparison, let operand): JSONValue(object: [(comparison.rawValue, operand)])
        case .exists(let shouldExist): JSONValue(object: [("$exists", .boolean(shouldExist))])
        case .type(let name): JSONValue(object: [("$type", JSONValue(name))])
        case .isIn(let operands): JSONValue(object: [("$in", .array(operands))])
        case .isNotIn(let operands): JSONValue(object: [("$nin", .array(operands))])
        case .containsAll(let operands): JSONValue(object: [("$all", .array(operands))])
        case .size(let count): JSONValue(object: [("$size", JSONValue(count))])
        case .modulo(let divisor, let remainder):
            JSONValue(object: [("$mod", .array([JSONValue(divisor), JSONValue(remainder)]))])
        case .regex(let source, _): JSONValue(object: [("$regex", .text(source))])
        case .beginsWith(let prefix): JSONValue(object: [("$beginsWith", .text(prefix))])
        case .element(let condition): JSONValue(object: [("$elemMatch", condition.document)])
        case .everyElement(let condition): JSONValue(object: [("$allMatch", condition.document)])
        case .memberName(let condition): JSONValue(object: [("$keyMapMatch", condition.document)])
        }
    }
}
