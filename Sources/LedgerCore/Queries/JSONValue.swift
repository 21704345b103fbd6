package import FabricTypes

/// A JSON document as queries see it: numbers exact, texts as UTF-8 bytes, members ordered by name.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(JSONNumber)
    case text(Bytes)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object, ascending by name, each name once.
package struct JSONObject: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let name: Bytes
        package let value: JSONValue

        package init(name: Bytes, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package let members: [Member]

    /// Of several members with one name the last one counts, as in Go.
    package init(_ members: [Member]) {
        var sorted = members.enumerated().sorted {
            $0.element.name == $1.element.name ? $0.offset < $1.offset : $0.element.name < $1.element.name
        }.map(\.element)
        for index in sorted.indices.dropLast().reversed() where sorted[index].name == sorted[index + 1].name {
            sorted.remove(at: index)
        }
        self.members = sorted
    }

    package subscript(name: Bytes) -> JSONValue? {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < members.count && members[low].name == name ? members[low].value : nil
    }

    package subscript(name: String) -> JSONValue? { self[Bytes(name)] }
}

extension JSONValue: Comparable {
    /// CouchDB's order of types: null, false, true, numbers, texts, arrays, objects. Texts are ordered by code point, not
    /// by a locale's rules, so that every machine gives the same answer.
    package static func < (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): left < right
        case (.text(let left), .text(let right)): left < right
        case (.array(let left), .array(let right)): left.lexicographicallyPrecedes(right)
        case (.object(let left), .object(let right)): left.members.lexicographicallyPrecedes(right.members)
        default: left.rank < right.rank
        }
    }

    private var rank: Int {
        switch self {
        case .null: 0
        case .boolean(false): 1
        case .boolean(true): 2
        case .number: 3
        case .text: 4
        case .array: 5
        case .object: 6
        }
    }

    /// The name that `$type` asks for.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .text: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSONObject.Member: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        left.name == right.name ? left.value < right.value : left.name < right.name
    }
}

extension JSONValue {
    /// The members of an object, nil for any other value.
    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The elements of an array, nil for any other value.
    package var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The content of a text, nil for any other value.
    package var text: Bytes? {
        if case .text(let text) = self { text } else { nil }
    }

    /// A number that is an integer and fits, nil for any other value.
    package var integer: Int? {
        if case .number(let number) = self { number.integer } else { nil }
    }

    package init(_ text: String) { self = .text(Bytes(text)) }

    package init(_ integer: Int) { self = .number(JSONNumber(integer)) }

    package init(object members: [(String, JSONValue)]) {
        self = .object(JSONObject(members.map { .init(name: Bytes($0.0), value: $0.1) }))
    }
}
