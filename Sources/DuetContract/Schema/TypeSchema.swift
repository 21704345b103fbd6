internal import FoundationEssentials

/// The JSON schema of a Decodable type, found without a value of it.
///
/// The type's own decoding is run against a decoder that notes which members it asks for and as what. So synthesised decoding
/// is seen whole; hand-written decoding is seen along the way that it takes with empty texts and zeros. Where it stops on
/// those, the schema says that there may be more; where nothing can be seen, it says no more than the type's name.
struct TypeSchema {
    /// Types within types; what lies deeper is given by name.
    private static let depthMax = 32

    /// The types that are being looked at, outermost first.
    private let path: [ObjectIdentifier]

    static func schema(of type: any Decodable.Type) -> JSONValue {
        func open<Value: Decodable>(_ type: Value.Type) -> JSONValue { TypeSchema(path: []).finding(type).schema }
        return open(type)
    }

    /// What is known of a type.
    struct Finding<Value> {
        let schema: JSONValue
        /// Any value of the type, for decoding that goes on with it; nil where none could be made.
        let value: Value?
    }

    func finding<Value: Decodable>(_ type: Value.Type) -> Finding<Value> {
        if let plain = PlainSchema.of(type) { return plain }
        if let finding = cases(of: type) { return finding }
        let id = ObjectIdentifier(type)
        guard !path.contains(id), path.count < Self.depthMax else {
            return Finding(schema: ["title": .string("\(type)")], value: nil)
        }
        let inner = TypeSchema(path: path + [id])
        if let collection = type as? any SchemaCollection.Type {
            return Finding(schema: collection.schema(inner), value: collection.empty as? Value)
        }
        let notes = DecodingNotes()
        do {
            let value = try Value(from: ProbingDecoder(notes: notes, types: inner))
            return Finding(schema: notes.schema(title: "\(type)", isWhole: true), value: value)
        } catch {
            // Empty texts and zeros do not satisfy it: what it asked for until then is what is known.
            return Finding(schema: notes.schema(title: "\(type)", isWhole: false), value: nil)
        }
    }

    /// An enumeration that lists its cases is the list of what they encode to, as far as these are plain values.
    private func cases<Value: Decodable>(of type: Value.Type) -> Finding<Value>? {
        guard let list = type as? any CaseIterable.Type else { return nil }
        var values: [JSONValue] = []
        let all = Self.all(list)
        for value in all {
            guard let value = value as? any Encodable, let json = try? JSONValue(encoding: value) else { return nil }
            switch json {
            case .string, .number, .bool: values.append(json)
            case .null, .array, .object: return nil
            }
        }
        guard !values.isEmpty else { return nil }
        return Finding(
            schema: ["title": .string("\(type)"), "enum": .array(values)], value: all.first as? Value)
    }

    private static func all<List: CaseIterable>(_ list: List.Type) -> [Any] {
        list.allCases.map { $0 }
    }
}

/// Types whose JSON is one plain value.
private enum PlainSchema {
    static func of<Value>(_ type: Value.Type) -> TypeSchema.Finding<Value>? {
        func found(_ schema: JSONValue, _ value: Any) -> TypeSchema.Finding<Value> {
            TypeSchema.Finding(schema: schema, value: value as? Value)
        }
        switch type {
        case is String.Type: return found(["type": "string"], "")
        case is Bool.Type: return found(["type": "boolean"], false)
        case is Double.Type: return found(["type": "number"], Double(0))
        case is Float.Type: return found(["type": "number"], Float(0))
        case is Decimal.Type: return found(["type": "number"], Decimal(0))
        // As the decoder that reads arguments takes them.
        case is Data.Type: return found(["type": "string", "contentEncoding": "base64"], Data())
        case is URL.Type: return found(["type": "string", "format": "uri"], URL(filePath: "/"))
        case is UUID.Type: return found(["type": "string", "format": "uuid"], UUID())
        case is Date.Type:
            return found(
                ["type": "number", "description": "Seconds since 2001-01-01T00:00:00Z."],
                Date(timeIntervalSinceReferenceDate: 0))
        default:
            guard let number = type as? any FixedWidthInteger.Type else { return nil }
            return found(integer(number), zero(number))
        }
    }

    private static func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> JSONValue {
        // Bounds of 64 bits say nothing that a reader does not know, and many tools round them.
        if type.bitWidth >= 64 { return type.isSigned ? ["type": "integer"] : ["type": "integer", "minimum": 0] }
        return ["type": "integer", "minimum": .integer(type.min), "maximum": .integer(type.max)]
    }

    private static func zero<Number: FixedWidthInteger>(_ type: Number.Type) -> Any { Number.zero }
}

/// Types that hold others of one kind.
private protocol SchemaCollection {
    static func schema(_ types: TypeSchema) -> JSONValue
    static var empty: Self { get }
}

extension Array: SchemaCollection where Element: Decodable {
    static func schema(_ types: TypeSchema) -> JSONValue {
        ["type": "array", "items": types.finding(Element.self).schema]
    }

    static var empty: [Element] { [] }
}

extension Set: SchemaCollection where Element: Decodable {
    static func schema(_ types: TypeSchema) -> JSONValue {
        ["type": "array", "items": types.finding(Element.self).schema, "uniqueItems": true]
    }

    static var empty: Set<Element> { [] }
}

extension Dictionary: SchemaCollection where Key: Decodable, Value: Decodable {
    static func schema(_ types: TypeSchema) -> JSONValue {
        let values = types.finding(Value.self).schema
        if Key.self is String.Type { return ["type": "object", "additionalProperties": values] }
        if Key.self is Int.Type {
            return ["type": "object", "propertyNames": ["pattern": "^-?[0-9]+$"], "additionalProperties": values]
        }
        return ["type": "array", "description": "Keys and values in turn."]
    }

    static var empty: [Key: Value] { [:] }
}

extension Optional: SchemaCollection where Wrapped: Decodable {
    static func schema(_ types: TypeSchema) -> JSONValue {
        ["anyOf": [types.finding(Wrapped.self).schema, ["type": "null"]]]
    }

    static var empty: Wrapped? { nil }
}
