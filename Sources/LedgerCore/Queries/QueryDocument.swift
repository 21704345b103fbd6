package import FabricTypes

/// A key and its value as queries see them.
package struct QueryDocument: Sendable {
    package let key: Bytes
    /// The value with the key as `_id`.
    package let content: JSONValue
    private let value: Bytes

    /// nil for a value that is no JSON object: it takes no part in queries.
    package init?(key: Bytes, value: Bytes) {
        // Most values that are no objects are told by their first byte, without parsing.
        guard let first = value.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{"),
            let object = (try? JSONParser.parse(value))?.object
        else { return nil }
        self.key = key
        self.value = value
        self.content = .object(JSONObject(object.members + [.init(name: Bytes("_id"), value: .text(key))]))
    }

    /// What a result holds: the value verbatim, or the members asked for.
    package func result(fields: [FieldPath]?) -> Bytes {
        guard let fields else { return value }
        var tree = Projection()
        for field in fields where field.names != [Bytes("_id")] {
            if let value = field.value(in: content) { tree.insert(value, at: field.names[...]) }
        }
        return tree.value.encoded
    }
}

/// Collects members into objects within objects.
private struct Projection {
    private var children: [Bytes: Projection] = [:]
    private var leaf: JSONValue?

    mutating func insert(_ value: JSONValue, at names: ArraySlice<Bytes>) {
        guard let name = names.first else {
            leaf = value
            return
        }
        children[name, default: Projection()].insert(value, at: names.dropFirst())
    }

    var value: JSONValue {
        leaf ?? .object(JSONObject(children.map { .init(name: $0.key, value: $0.value.value) }))
    }
}
