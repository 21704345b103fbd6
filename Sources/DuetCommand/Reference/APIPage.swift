internal import FunctionTypes

/// The JSON API, from its OpenAPI description.
enum APIPage {
    private struct Operation {
        let method: String
        let path: String
        let value: JSONValue
    }

    private static let methodsInOrder = ["get", "post", "put", "patch", "delete"]

    static func make(_ description: JSONValue) -> ReferencePage {
        let operations = (description["paths"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.flatMap {
            path, methods in
            methodsInOrder.compactMap { method in
                methods[method].map { Operation(method: method.uppercased(), path: path, value: $0) }
            }
        }
        var parts = [
            (description["info"]?["description"]?.stringValue ?? ""),
            "`GET /api/openapi.json` serves the description that this page is made from. Calls bear an access key as "
                + "`Authorization: Bearer <id>.<secret>`, or the cookie of a login; on loopback they may be anonymous. Function "
                + "Compute's calls (`/2016-08-15/…`), Lambda's (`/2015-03-31/…`) and Log Service's are those of their own "
                + "documents.",
        ]
        for tag in description["tags"]?.arrayValue ?? [] {
            guard let name = tag["name"]?.stringValue else { continue }
            parts.append("## \(name)")
            for operation in operations where operation.value["tags"]?.arrayValue?.first?.stringValue == name {
                parts += lines(of: operation)
            }
        }
        parts.append("## Schemas")
        for (name, schema) in (description["components"]?["schemas"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }
        ) {
            parts += ["### \(name)", self.schema(schema)]
        }
        return ReferencePage("api.md", title: "The JSON API", parts)
    }

    private static func lines(of operation: Operation) -> [String] {
        let value = operation.value
        var sentences = [
            value["summary"]?.stringValue ?? "", value["description"]?.stringValue ?? "", body(of: value),
            answer(of: value),
        ]
        sentences.removeAll(where: \.isEmpty)
        var table = MarkdownTable(["Parameter", "In", "Type", "Meaning"])
        for parameter in value["parameters"]?.arrayValue ?? [] {
            let isRequired = parameter["required"]?.boolValue ?? false && parameter["in"]?.stringValue != "path"
            table.append([
                MarkdownTable.code(parameter["name"]?.stringValue), parameter["in"]?.stringValue ?? "",
                (parameter["schema"]?["type"]?.stringValue ?? "") + (isRequired ? "; required" : ""),
                parameter["description"]?.stringValue ?? "",
            ])
        }
        return ["### `\(operation.method) \(operation.path)`", sentences.joined(separator: " ")]
            + (table.isEmpty ? [] : [table.text])
    }

    private static func body(of operation: JSONValue) -> String {
        guard let content = operation["requestBody"]?["content"]?.objectValue, let type = content.keys.sorted().first
        else {
            return ""
        }
        return "Body: \(content[type]?["schema"].map(self.type) ?? "`\(type)`")."
    }

    private static func answer(of operation: JSONValue) -> String {
        let responses = operation["responses"]
        guard let content = responses?["200"]?["content"]?.objectValue, let type = content.keys.sorted().first else {
            return responses?["204"] == nil ? "" : "Answers with 204."
        }
        let what = content[type]?["schema"].map(self.type) ?? "`\(type)`"
        return type == "text/event-stream" ? "Answers with server-sent events, each \(what)." : "Answers with \(what)."
    }

    /// `list of [Block](#block)`.
    private static func type(_ schema: JSONValue) -> String {
        if let reference = schema["$ref"]?.stringValue?.split(separator: "/").last {
            return "[\(reference)](#\(reference.lowercased()))"
        }
        if let items = schema["items"] { return "list of \(type(items))" }
        if let values = schema["enum"]?.arrayValue {
            return values.map { "`\($0.stringValue ?? $0.jsonText)`" }.joined(separator: ", ")
        }
        if let inner = schema["additionalProperties"], inner.objectValue != nil { return "map of \(type(inner))" }
        let types = schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? [schema["type"]?.stringValue ?? "any"]
        return types.joined(separator: " or ")
    }

    private static func schema(_ schema: JSONValue) -> String {
        guard let properties = schema["properties"]?.objectValue, !properties.isEmpty else {
            return [type(schema) + ".", schema["description"]?.stringValue].compactMap { $0 }.joined(separator: " ")
        }
        let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        var table = MarkdownTable(["Member", "Type", "Meaning"])
        for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
            table.append([
                "`\(name)`", type(property) + (required.contains(name) ? "" : "; may be absent"),
                property["description"]?.stringValue ?? "",
            ])
        }
        return table.text
    }
}
