package import FunctionTypes

/// A predicate on a JSON document, in the form of Lambda's event filters: an object names members, a list of conditions says
/// what a member may be (one must hold), `$or` holds alternatives.
///
/// `{"color": ["blue", {"prefix": "light"}], "size": [{"numeric": [">", 10]}]}`
package struct DocumentPattern: Hashable, Sendable {
    /// Objects within objects.
    package static let nestingMax = 20
    /// Conditions in the whole pattern.
    package static let conditionCountMax = 200

    private indirect enum Node: Hashable {
        case values([ValuePattern])
        case object([String: Node], alternatives: [[Node]])
    }

    private let root: Node

    package init(parsing json: JSONValue) throws(InvalidPattern) {
        var conditionCount = 0
        guard case .object(let members) = json, !members.isEmpty else {
            throw InvalidPattern(path: "", reason: "a pattern is an object with at least one member")
        }
        root = try Self.object(members, path: "", nesting: 0, &conditionCount)
    }

    private static func object(
        _ members: [String: JSONValue], path: String, nesting: Int, _ conditionCount: inout Int
    ) throws(InvalidPattern) -> Node {
        guard nesting < nestingMax else {
            throw InvalidPattern(path: path, reason: "objects are nested deeper than \(nestingMax)")
        }
        var nodes: [String: Node] = [:]
        var alternatives: [[Node]] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let inner = path.isEmpty ? name : "\(path).\(name)"
            if name == "$or" {
                guard let list = value.arrayValue, list.count > 1 else {
                    throw InvalidPattern(path: inner, reason: "\"$or\" takes a list of at least two patterns")
                }
                var choices: [Node] = []
                for (index, choice) in list.enumerated() {
                    guard let members = choice.objectValue, !members.isEmpty else {
                        throw InvalidPattern(path: "\(inner)[\(index)]", reason: "an alternative is an object")
                    }
                    choices.append(
                        try object(members, path: "\(inner)[\(index)]", nesting: nesting + 1, &conditionCount))
                }
                alternatives.append(choices)
                continue
            }
            switch value {
            case .object(let members) where !members.isEmpty:
                nodes[name] = try object(members, path: inner, nesting: nesting + 1, &conditionCount)
            case .array(let conditions) where !conditions.isEmpty:
                conditionCount += conditions.count
                guard conditionCount <= conditionCountMax else {
                    throw InvalidPattern(
                        path: inner, reason: "the pattern has more than \(conditionCountMax) conditions")
                }
                var patterns: [ValuePattern] = []
                for (index, condition) in conditions.enumerated() {
                    patterns.append(try ValuePattern(parsing: condition, at: "\(inner)[\(index)]"))
                }
                nodes[name] = .values(patterns)
            default:
                throw InvalidPattern(
                    path: inner, reason: "write a list of conditions, such as [\"blue\"], or an object of members")
            }
        }
        return .object(nodes, alternatives: alternatives)
    }

    package func matches(_ document: JSONValue) -> Bool { Self.matches(root, document) }

    private static func matches(_ node: Node, _ value: JSONValue?) -> Bool {
        switch node {
        case .values(let patterns):
            return patterns.contains { $0.matches(value) }
        case .object(let members, let alternatives):
            if case .array(let elements)? = value { return elements.contains { matches(node, $0) } }
            let found = value?.objectValue ?? [:]
            return members.allSatisfy { matches($0.value, found[$0.key]) }
                && alternatives.allSatisfy { choices in choices.contains { matches($0, value) } }
        }
    }
}
