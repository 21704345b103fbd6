internal import FunctionTypes

/// A list of JSON Schemas; conforming gives it the words that schemas are written with.
protocol JSONSchemas {}

extension JSONSchemas {
    static var text: JSONValue { ["type": "string"] }
    static var time: JSONValue { ["type": "string", "format": "date-time"] }
    static var integer: JSONValue { ["type": "integer"] }
    static var number: JSONValue { ["type": "number"] }
    static var boolean: JSONValue { ["type": "boolean"] }
    /// An object of texts by any name.
    static var texts: JSONValue { ["type": "object", "additionalProperties": ["type": "string"]] }

    static func list(_ items: JSONValue) -> JSONValue {
        ["type": "array", "items": items]
    }

    static func object(required: [String], _ properties: [String: JSONValue]) -> JSONValue {
        ["type": "object", "required": .array(required.map { .string($0) }), "properties": .object(properties)]
    }

    static func reference(_ schema: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }
}
