/// What a type has asked a decoder for. Used within one run of its decoding, by one thread.
final class DecodingNotes {
    private enum Content {
        case schema(JSONValue)
        /// What is asked for within; its own notes are read in the end.
        case notes(DecodingNotes)
    }

    private struct Member {
        let name: String
        let content: Content
        let isRequired: Bool
    }

    private enum Shape {
        case nothing, object, array, value
    }

    private var shape = Shape.nothing
    private var members: [Member] = []
    /// Members that were asked whether they are null, and so need not be there.
    private var nullable: Set<String> = []
    private var element: Content?
    private var value: Content?

    func beObject() { shape = .object }
    func beArray() { shape = .array }

    func note(_ schema: JSONValue, member name: String, isRequired: Bool) {
        // A member that is asked for in several ways counts as it was first.
        guard !members.contains(where: { $0.name == name }) else { return }
        members.append(
            Member(name: name, content: .schema(schema), isRequired: isRequired && !nullable.contains(name)))
    }

    func note(nullable name: String) {
        nullable.insert(name)
    }

    func notes(member name: String) -> DecodingNotes {
        let notes = DecodingNotes()
        if !members.contains(where: { $0.name == name }) {
            members.append(Member(name: name, content: .notes(notes), isRequired: true))
        }
        return notes
    }

    func note(element schema: JSONValue) {
        if element == nil { element = .schema(schema) }
    }

    func elementNotes() -> DecodingNotes {
        let notes = DecodingNotes()
        if element == nil { element = .notes(notes) }
        return notes
    }

    func note(value schema: JSONValue) {
        shape = .value
        if value == nil { value = .schema(schema) }
    }

    /// - Parameter isWhole: whether the type's decoding came to its end.
    func schema(title: String?, isWhole: Bool) -> JSONValue {
        var found: [JSONValue.Member] = []
        switch shape {
        case .nothing: break
        case .object:
            found.append(JSONValue.Member("type", "object"))
            found.append(
                JSONValue.Member(
                    "properties", .object(members.map { JSONValue.Member($0.name, Self.schema($0.content)) })))
            let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
            if !required.isEmpty { found.append(JSONValue.Member("required", .array(required))) }
        case .array:
            found.append(JSONValue.Member("type", "array"))
            if let element { found.append(JSONValue.Member("items", Self.schema(element))) }
        case .value:
            if let value, case .object(let inner) = Self.schema(value) { found = inner }
        }
        if let title, !found.contains(where: { $0.name == "title" }) {
            found.insert(JSONValue.Member("title", .string(title)), at: 0)
        }
        if !isWhole, !found.contains(where: { $0.name == "description" }) {
            let hint: String? =
                switch shape {
                case .nothing: nil
                case .object: "There may be more members: the type's decoding cannot be followed further."
                case .array: "There may be more to its elements: the type's decoding cannot be followed further."
                case .value: "Not every such value is taken."
                }
            if let hint { found.append(JSONValue.Member("description", .string(hint))) }
        }
        return .object(found)
    }

    private static func schema(_ content: Content) -> JSONValue {
        switch content {
        case .schema(let schema): schema
        case .notes(let notes): notes.schema(title: nil, isWhole: true)
        }
    }
}

/// Gives a type's decoding empty values and notes what it asks for.
struct ProbingDecoder: Decoder {
    let notes: DecodingNotes
    let types: TypeSchema

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// No value of a type could be made, so its owner's decoding ends here.
    struct End: Error {}

    func value<Value: Decodable>(_ type: Value.Type, note: (JSONValue) -> Void) throws -> Value {
        let finding = types.finding(type)
        note(finding.schema)
        guard let value = finding.value else { throw End() }
        return value
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        notes.beObject()
        return KeyedDecodingContainer(KeyedProbe(decoder: self))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        notes.beArray()
        return ElementProbe(decoder: self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { ValueProbe(decoder: self) }
}

private struct KeyedProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: ProbingDecoder

    var codingPath: [any CodingKey] { [] }
    /// Nobody knows them before they are asked for.
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }

    /// Comes before plain optional members, which then are asked for as well.
    func decodeNil(forKey key: Key) -> Bool {
        decoder.notes.note(nullable: key.stringValue)
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder.value(type) { decoder.notes.note($0, member: key.stringValue, isRequired: true) }
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        decoder.notes.note(decoder.types.finding(type).schema, member: key.stringValue, isRequired: false)
        return nil
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedDecodingContainer<Nested> {
        inner(key.stringValue).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
        inner(key.stringValue).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { inner("super") }
    func superDecoder(forKey key: Key) -> any Decoder { inner(key.stringValue) }

    private func inner(_ name: String) -> ProbingDecoder {
        ProbingDecoder(notes: decoder.notes.notes(member: name), types: decoder.types)
    }
}

/// An empty list, whose first element is noted where the decoding asks for it all the same.
private struct ElementProbe: UnkeyedDecodingContainer {
    let decoder: ProbingDecoder

    var codingPath: [any CodingKey] { [] }
    var count: Int? { 0 }
    var isAtEnd: Bool { true }
    var currentIndex: Int { 0 }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try decoder.value(type) { decoder.notes.note(element: $0) }
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedDecodingContainer<Nested> {
        inner.container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { inner.unkeyedContainer() }
    func superDecoder() -> any Decoder { inner }

    private var inner: ProbingDecoder {
        ProbingDecoder(notes: decoder.notes.elementNotes(), types: decoder.types)
    }
}

private struct ValueProbe: SingleValueDecodingContainer {
    let decoder: ProbingDecoder

    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try decoder.value(type) { decoder.notes.note(value: $0) }
    }
}
