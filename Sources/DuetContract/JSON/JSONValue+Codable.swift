public import FabricTypes
internal import FoundationEssentials

extension JSONValue {
    /// The value that a Codable type encodes to, its members in the order in which the type writes them: for synthesised
    /// conformances the order of declaration. Dictionaries come in the order of their keys' bytes.
    public init(encoding value: some Encodable) throws {
        let slot = EncodingSlot()
        try value.encode(to: ValueEncoder(slot: slot, codingPath: []))
        self = slot.value
    }

    /// Reads a Codable type from JSON text.
    ///
    /// - Throws: ``ContractError`` that says what is missing or of another kind.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: Bytes) throws(ContractError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw ContractError("The JSON text is no \(type): \(error.reason)")
        } catch {
            throw ContractError("The JSON text cannot be read: \(error)")
        }
    }
}

extension DecodingError {
    fileprivate var reason: String {
        switch self {
        case .keyNotFound(let key, let context):
            "\((context.codingPath + [key]).map(\.stringValue).joined(separator: ".")) is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            (context.codingPath.isEmpty ? "" : context.codingPath.map(\.stringValue).joined(separator: ".") + ": ")
                + context.debugDescription
        @unknown default: "\(self)"
        }
    }
}

/// A place for a value that is still being encoded. Used within one call, by one thread.
private final class EncodingSlot {
    enum Content {
        case nothing
        case value(JSONValue)
        case array([EncodingSlot])
        case object([(name: String, slot: EncodingSlot)])
    }

    var content = Content.nothing
    /// Dictionaries have no order of their own.
    var isDictionary = false

    var value: JSONValue {
        switch content {
        case .nothing: return .object([])
        case .value(let value): return value
        case .array(let slots): return .array(slots.map(\.value))
        case .object(var members):
            if isDictionary { members.sort { Bytes($0.name) < Bytes($1.name) } }
            return .object(members.map { JSONValue.Member($0.name, $0.slot.value) })
        }
    }

    func member(_ name: String) -> EncodingSlot {
        let slot = EncodingSlot()
        if case .object(var members) = content {
            members.append((name, slot))
            content = .object(members)
        } else {
            content = .object([(name, slot)])
        }
        return slot
    }

    func element() -> EncodingSlot {
        let slot = EncodingSlot()
        if case .array(var slots) = content {
            slots.append(slot)
            content = .array(slots)
        } else {
            content = .array([slot])
        }
        return slot
    }

    func encode(_ value: some Encodable, at codingPath: [any CodingKey]) throws {
        switch value {
        case let value as Bool: content = .value(.bool(value))
        case let value as String: content = .value(.string(value))
        case let value as any BinaryInteger: content = .value(.number(String(value)))
        case let value as Double: content = .value(.number(try Self.digits(value, codingPath)))
        case let value as Float: content = .value(.number(try Self.digits(Double(value), codingPath)))
        default:
            isDictionary = value is any OrderlessMap
            try value.encode(to: ValueEncoder(slot: self, codingPath: codingPath))
        }
    }

    /// As Go writes numbers: no point where there is no fraction.
    private static func digits(_ value: Double, _ codingPath: [any CodingKey]) throws -> String {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, EncodingError.Context(codingPath: codingPath, debugDescription: "JSON has no number \(value)"))
        }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

private protocol OrderlessMap {}
extension Dictionary: OrderlessMap {}

private struct ValueEncoder: Encoder {
    let slot: EncodingSlot
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .nothing = slot.content { slot.content = .object([]) }
        return KeyedEncodingContainer(KeyedContainer(slot: slot, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .nothing = slot.content { slot.content = .array([]) }
        return UnkeyedContainer(slot: slot, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        SingleContainer(slot: slot, codingPath: codingPath)
    }
}

private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let slot: EncodingSlot
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) throws { slot.member(key.stringValue).content = .value(.null) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        try slot.member(key.stringValue).encode(value, at: codingPath + [key])
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        ValueEncoder(slot: slot.member(key.stringValue), codingPath: codingPath + [key]).container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        ValueEncoder(slot: slot.member(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { ValueEncoder(slot: slot.member("super"), codingPath: codingPath) }

    func superEncoder(forKey key: Key) -> any Encoder {
        ValueEncoder(slot: slot.member(key.stringValue), codingPath: codingPath + [key])
    }
}

private struct UnkeyedContainer: UnkeyedEncodingContainer {
    let slot: EncodingSlot
    let codingPath: [any CodingKey]

    var count: Int {
        if case .array(let slots) = slot.content { slots.count } else { 0 }
    }

    func encodeNil() throws { slot.element().content = .value(.null) }
    func encode(_ value: some Encodable) throws { try slot.element().encode(value, at: codingPath) }

    func nestedContainer<NestedKey: CodingKey>(keyedBy keyType: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        ValueEncoder(slot: slot.element(), codingPath: codingPath).container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        ValueEncoder(slot: slot.element(), codingPath: codingPath).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { ValueEncoder(slot: slot.element(), codingPath: codingPath) }
}

private struct SingleContainer: SingleValueEncodingContainer {
    let slot: EncodingSlot
    let codingPath: [any CodingKey]

    func encodeNil() throws { slot.content = .value(.null) }
    func encode(_ value: some Encodable) throws { try slot.encode(value, at: codingPath) }
}
