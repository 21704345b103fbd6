internal import FunctionTypes

/// Replaces parameters and intrinsic functions in a template by their values.
///
/// Both forms are read, `!Ref x` and `{Ref: x}`, `!Join …` and `{'Fn::Join': …}`. What only a cloud can answer is refused with its
/// name. Values grow only through `Fn::Sub` and its kin, within ``byteCountMax``.
struct TemplateResolver {
    /// What `Ref` and `Fn::GetAtt` may name besides parameters.
    struct Surroundings {
        var organization: String
        var region: String
        /// Logical names of services, functions, projects and domains, each with its attributes.
        var attributes: [String: [String: String]]
    }

    static let byteCountMax = 4 << 20

    private let parameters: [String: TemplateNode]
    private let mappings: TemplateNode?
    private let conditions: TemplateNode?
    private let surroundings: Surroundings
    private(set) var problems: [TemplateProblem] = []
    private var conditionsInWork: Set<String> = []
    private var conditionValues: [String: Bool] = [:]
    private var byteCount = 0

    init(
        parameters: [String: TemplateNode], mappings: TemplateNode?, conditions: TemplateNode?,
        surroundings: Surroundings
    ) {
        self.parameters = parameters
        self.mappings = mappings
        self.conditions = conditions
        self.surroundings = surroundings
    }

    /// The node with everything replaced; nil where `Ref: ALIYUN::NoValue` leaves nothing or a problem was noted.
    mutating func resolve(_ node: TemplateNode, key: String) -> TemplateNode? {
        if let (name, argument) = call(in: node) {
            return evaluate(name, argument, key: key, line: node.line)
        }
        switch node.content {
        case .scalar:
            return node
        case .sequence(let elements):
            var resolved: [TemplateNode] = []
            for (index, element) in elements.enumerated() {
                if let element = resolve(element, key: "\(key)[\(index)]") { resolved.append(element) }
            }
            return TemplateNode(.sequence(resolved), line: node.line)
        case .mapping(let entries):
            var resolved: [TemplateNode.Entry] = []
            for entry in entries {
                if let value = resolve(entry.value, key: "\(key).\(entry.key)") {
                    resolved.append(.init(key: entry.key, keyLine: entry.keyLine, value: value))
                }
            }
            return TemplateNode(.mapping(resolved), line: node.line)
        }
    }

    /// Whether the condition of this name holds.
    mutating func holds(_ name: String, line: Int, key: String) -> Bool {
        if let value = conditionValues[name] { return value }
        guard let definition = conditions?[name] else {
            refuse(line, key, name, "there is no condition of this name", "Define it under Conditions.")
            return false
        }
        guard conditionsInWork.insert(name).inserted else {
            refuse(line, key, name, "the condition needs itself", "Break the circle.")
            return false
        }
        defer { conditionsInWork.remove(name) }
        let resolved = resolve(definition, key: "Conditions.\(name)")
        guard let value = resolved?.boolean else {
            if resolved != nil {
                refuse(
                    definition.line, "Conditions.\(name)", definition.shown, "it is not a condition",
                    "Write one, such as Fn::Equals.")
            }
            return false
        }
        conditionValues[name] = value
        return value
    }

    /// The function's name and argument if the node is a call.
    private func call(in node: TemplateNode) -> (String, TemplateNode)? {
        if let tag = node.tag {
            var argument = node
            argument.tag = nil
            return (tag, argument)
        }
        guard let entries = node.entries, entries.count == 1, let only = entries.first else { return nil }
        if only.key == "Ref" { return ("Ref", only.value) }
        guard only.key.hasPrefix("Fn::") else { return nil }
        return (String(only.key.dropFirst(4)), only.value)
    }

    private mutating func evaluate(_ name: String, _ argument: TemplateNode, key: String, line: Int) -> TemplateNode? {
        switch name {
        case "Ref":
            return reference(argument, key: key)
        case "GetAtt":
            return attribute(argument, key: key)
        case "Sub":
            return substitute(argument, key: key)
        case "FindInMap":
            return find(argument, key: key)
        case "If":
            return choose(argument, key: key)
        case _ where IntrinsicFunctions.names.contains(name):
            guard let resolved = resolveArguments(of: name, argument, key: key) else { return nil }
            do throws(IntrinsicFunctions.Refusal) {
                return grown(try IntrinsicFunctions.evaluate(name, resolved), key: key)
            } catch {
                refuse(line, key, "!\(name)", error.reason, error.remedy)
                return nil
            }
        default:
            refuse(
                line, key, "!\(name)", "the function \"\(name)\" has no meaning on this node",
                "Write the value itself, or make it a parameter.")
            return nil
        }
    }

    /// In the functions of conditions a bare name stands for a condition.
    private mutating func resolveArguments(of name: String, _ argument: TemplateNode, key: String) -> TemplateNode? {
        guard let resolved = resolve(argument, key: key) else { return nil }
        guard ["And", "Or", "Not"].contains(name) else { return resolved }
        let parts = resolved.elements ?? [resolved]
        let values = parts.map { part -> TemplateNode in
            guard part.boolean == nil, let condition = part.text else { return part }
            return TemplateNode(
                .scalar("\(holds(condition, line: part.line, key: key))", isPlain: true), line: part.line)
        }
        return TemplateNode(.sequence(values), line: resolved.line)
    }

    private mutating func reference(_ argument: TemplateNode, key: String) -> TemplateNode? {
        guard let name = argument.text else {
            refuse(argument.line, key, argument.shown, "Ref needs a name", "Write \"!Ref Name\".")
            return nil
        }
        if name == "ALIYUN::NoValue" { return nil }
        guard var value = value(of: name) else {
            refuse(
                argument.line, key, name, "it names neither a parameter nor a resource of this template",
                "Declare it under Parameters, or mend the name.")
            return nil
        }
        value.line = argument.line
        return grown(value, key: key)
    }

    private func value(of name: String) -> TemplateNode? {
        if let value = parameters[name] { return value }
        switch name {
        case "ALIYUN::Region": return .text(surroundings.region, line: 0)
        case "ALIYUN::AccountId", "ALIYUN::TenantId": return .text(surroundings.organization, line: 0)
        case "ALIYUN::StackName", "ALIYUN::StackId": return .text("duet", line: 0)
        default: return surroundings.attributes[name] == nil ? nil : .text(name, line: 0)
        }
    }

    private mutating func attribute(_ argument: TemplateNode, key: String) -> TemplateNode? {
        let parts: [String]
        if let text = argument.text {
            parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        } else {
            parts = argument.elements?.compactMap(\.text) ?? []
        }
        guard parts.count == 2, let attributes = surroundings.attributes[parts[0]] else {
            refuse(
                argument.line, key, argument.shown, "it does not name a resource of this template and its attribute",
                "Write \"!GetAtt Resource.Attribute\".")
            return nil
        }
        guard let value = attributes[parts[1]] else {
            refuse(
                argument.line, key, argument.shown, "\"\(parts[0])\" has no attribute \"\(parts[1])\"",
                "Use one of \(attributes.keys.sorted().joined(separator: ", ")).")
            return nil
        }
        return .text(value, line: argument.line)
    }

    private mutating func find(_ argument: TemplateNode, key: String) -> TemplateNode? {
        guard let resolved = resolve(argument, key: key) else { return nil }
        let path = resolved.elements?.compactMap(\.text) ?? []
        guard path.count == 3 else {
            refuse(argument.line, key, argument.shown, "FindInMap needs [map, key, key]", "Write the three names.")
            return nil
        }
        guard let value = mappings?[path[0]]?[path[1]]?[path[2]] else {
            refuse(
                argument.line, key, path.joined(separator: "."), "there is no such entry under Mappings",
                "Add it there, or mend the names.")
            return nil
        }
        return grown(value, key: key)
    }

    private mutating func choose(_ argument: TemplateNode, key: String) -> TemplateNode? {
        guard let parts = argument.elements, parts.count == 3, let name = parts[0].text else {
            refuse(
                argument.line, key, argument.shown, "If needs [condition, value, other value]", "Write the three parts."
            )
            return nil
        }
        return resolve(holds(name, line: parts[0].line, key: key) ? parts[1] : parts[2], key: key)
    }

    /// `${Name}`, `${Resource.Attribute}`, and `${!literal}` for a text in such brackets.
    private mutating func substitute(_ argument: TemplateNode, key: String) -> TemplateNode? {
        var names: [String: TemplateNode] = [:]
        var template = argument.text
        if let parts = argument.elements, parts.count == 2 {
            template = parts[0].text
            for entry in parts[1].entries ?? [] {
                names[entry.key] = resolve(entry.value, key: "\(key).\(entry.key)")
            }
        }
        guard let template else {
            refuse(
                argument.line, key, argument.shown, "Sub needs a text, or [text, {name: value}]",
                "Write one of the two.")
            return nil
        }
        var output = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "${") {
            output += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else {
                refuse(argument.line, key, template, "a \"${\" is not closed", "Close it with \"}\".")
                return nil
            }
            let name = String(rest[open.upperBound..<close])
            rest = rest[rest.index(after: close)...]
            if name.hasPrefix("!") {
                output += "${\(name.dropFirst())}"
            } else if let text = (names[name] ?? value(of: name) ?? attributeValue(name))?.text {
                output += text
            } else {
                refuse(
                    argument.line, key, "${\(name)}", "it names no text",
                    "Name a parameter or an attribute of a resource.")
                return nil
            }
        }
        output += rest
        return grown(.text(output, line: argument.line), key: key)
    }

    private func attributeValue(_ name: String) -> TemplateNode? {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let value = surroundings.attributes[parts[0]]?[parts[1]] else { return nil }
        return .text(value, line: 0)
    }

    /// Counts what a call made, so that values built of values stay within bounds.
    private mutating func grown(_ node: TemplateNode, key: String) -> TemplateNode? {
        byteCount += Self.weigh(node, limit: Self.byteCountMax)
        guard byteCount <= Self.byteCountMax else {
            if !problems.contains(where: { $0.reason == Self.tooLarge }) {
                refuse(node.line, key, nil, Self.tooLarge, "Use fewer or smaller functions.")
            }
            return nil
        }
        return node
    }

    private static let tooLarge = "the values made by functions exceed \(byteCountMax) bytes"

    private static func weigh(_ node: TemplateNode, limit: Int) -> Int {
        switch node.content {
        case .scalar(let text, _):
            return 1 + text.utf8.count
        case .sequence(let elements):
            return elements.reduce(1) { $0 > limit ? $0 : $0 + weigh($1, limit: limit) }
        case .mapping(let entries):
            return entries.reduce(1) { $0 > limit ? $0 : $0 + $1.key.utf8.count + weigh($1.value, limit: limit) }
        }
    }

    private mutating func refuse(_ line: Int, _ key: String, _ value: String?, _ reason: String, _ remedy: String) {
        problems.append(TemplateProblem(line: line, key: key, value: value, reason: reason, remedy: remedy))
    }
}
