import FunctionTypes

/// An OpenAPI document, read so that answers can be held against it.
struct APIDescription {
    struct Operation {
        let method: String
        let template: String
        let value: JSONValue

        var name: String { "\(method) \(template)" }
    }

    struct Unreadable: Error {
        let what: String
    }

    let operations: [Operation]
    private let schemas: [String: JSONValue]

    init(_ document: JSONValue) throws {
        guard let paths = document["paths"]?.objectValue, !paths.isEmpty,
            let schemas = document["components"]?["schemas"]?.objectValue
        else { throw Unreadable(what: "paths or schemas") }
        self.schemas = schemas
        operations = paths.flatMap { template, methods in
            (methods.objectValue ?? [:]).map { Operation(method: $0.uppercased(), template: template, value: $1) }
        }
    }

    func operation(_ method: String, _ path: String) -> Operation? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        return operations.first { operation in
            let template = operation.template.split(separator: "/", omittingEmptySubsequences: false)
            return operation.method == method && template.count == segments.count
                && zip(template, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
    }

    /// How an answer differs from what the operation promises.
    func problems(of answer: JSONValue, status: Int, as operation: Operation) -> [String] {
        let responses = operation.value["responses"]
        guard let response = responses?["\(status)"] ?? (status >= 400 ? responses?["default"] : nil) else {
            return ["the status is not described"]
        }
        guard let content = response["content"] else { return answer == .null ? [] : ["a body is not described"] }
        // A stream's events are checked one by one.
        guard let schema = content["application/json"]?["schema"] else { return [] }
        return problems(of: answer, in: schema, at: "answer")
    }

    /// How an event's data differ from the schema of the operation's stream.
    func problems(ofEvent data: JSONValue, as operation: Operation) -> [String] {
        let schema = operation.value["responses"]?["200"]?["content"]?["text/event-stream"]?["schema"]
        return schema.map { problems(of: data, in: $0, at: "event") } ?? ["the stream is not described"]
    }

    /// Schemas that are named somewhere and described nowhere.
    var danglingReferences: [String] {
        var names: Set<String> = []
        func visit(_ value: JSONValue) {
            if let reference = value["$ref"]?.stringValue { names.insert(reference) }
            for inner in value.arrayValue ?? Array((value.objectValue ?? [:]).values) { visit(inner) }
        }
        for operation in operations { visit(operation.value) }
        for schema in schemas.values { visit(schema) }
        return names.filter { schemas[String($0.dropFirst("#/components/schemas/".count))] == nil }.sorted()
    }

    /// Members that a schema does not name count as problems: then the description is silent about something that is told.
    private func problems(of value: JSONValue, in schema: JSONValue, at place: String) -> [String] {
        if let reference = schema["$ref"]?.stringValue {
            guard let named = schemas[String(reference.dropFirst("#/components/schemas/".count))] else {
                return ["\(place): \(reference) does not exist"]
            }
            return problems(of: value, in: named, at: place)
        }
        let types =
            schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? [schema["type"]?.stringValue].compactMap { $0 }
        guard types.isEmpty || types.contains(where: { Self.has(value, type: $0) }) else {
            return ["\(place): \(value.jsonText.prefix(60)) is not of type \(types)"]
        }
        if let allowed = schema["enum"]?.arrayValue, !allowed.contains(value) {
            return ["\(place): \(value.jsonText) is none of \(allowed)"]
        }
        if let items = schema["items"], let list = value.arrayValue {
            return list.enumerated().flatMap { problems(of: $1, in: items, at: "\(place)[\($0)]") }
        }
        guard let members = value.objectValue, let properties = schema["properties"]?.objectValue else { return [] }
        let missing = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue).filter { members[$0] == nil }
        return missing.map { "\(place).\($0) is missing" }
            + members.flatMap { name, member in
                properties[name].map { problems(of: member, in: $0, at: "\(place).\(name)") }
                    ?? ["\(place).\(name) is not described"]
            }
    }

    private static func has(_ value: JSONValue, type: String) -> Bool {
        switch (type, value) {
        case ("string", .string), ("boolean", .bool), ("array", .array), ("object", .object), ("null", .null),
            ("integer", .integer), ("number", .integer), ("number", .number):
            true
        default: false
        }
    }
}
