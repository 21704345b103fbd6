public import FabricTypes

/// A type that can be described to people and tools.
public protocol ContractDescribed {
    /// A JSON schema. That of a Decodable type which says nothing of itself is read from its decoding; of other types
    /// only the name is told.
    static var contractSchema: JSONValue { get }
}

extension ContractDescribed {
    public static var contractSchema: JSONValue {
        guard let type = Self.self as? any Decodable.Type else { return ["title": .string("\(Self.self)")] }
        return TypeSchema.schema(of: type)
    }
}

/// What a contract's method can take from the bytes of an argument.
///
/// Texts and bytes are taken as they are, numbers and truth values from their text, any other Codable type from JSON:
/// declare the conformance and nothing else.
public protocol ContractArgument: ContractDescribed {
    /// - Throws: ``ContractError`` that says what is wrong with the bytes.
    init(contractArgument bytes: Bytes) throws(ContractError)
}

/// What a contract's method can answer: the opposite of ``ContractArgument``.
public protocol ContractResult: ContractDescribed {
    func contractResult() throws -> Bytes
}

// MARK: - Codable types

extension ContractArgument where Self: Decodable {
    public init(contractArgument bytes: Bytes) throws(ContractError) {
        self = try JSONValue.decode(Self.self, from: bytes)
    }
}

extension ContractResult where Self: Encodable {
    /// JSON with the members in the order in which the type writes them, escaped as Go does.
    public func contractResult() throws -> Bytes {
        try JSONValue(encoding: self).encoded(escaping: .go)
    }
}

// MARK: - Plain types

extension Bytes: ContractArgument, ContractResult {
    public init(contractArgument bytes: Bytes) { self = bytes }
    public func contractResult() -> Bytes { self }
    public static var contractSchema: JSONValue { ["type": "string", "contentEncoding": "binary"] }
}

extension String: ContractArgument, ContractResult {
    public init(contractArgument bytes: Bytes) throws(ContractError) {
        guard let text = bytes.utf8Text else { throw ContractError("it is no text in UTF-8") }
        self = text
    }

    public func contractResult() -> Bytes { Bytes(self) }
    public static var contractSchema: JSONValue { ["type": "string"] }
}

extension Int: ContractArgument, ContractResult {
    public init(contractArgument bytes: Bytes) throws(ContractError) {
        guard let value = bytes.utf8Text.flatMap({ Int($0) }) else {
            throw ContractError("\"\(bytes.lossyText)\" is no whole number of 64 bits")
        }
        self = value
    }

    public func contractResult() -> Bytes { Bytes(String(self)) }
    public static var contractSchema: JSONValue { ["type": "integer"] }
}

extension Bool: ContractArgument, ContractResult {
    public init(contractArgument bytes: Bytes) throws(ContractError) {
        guard let value = bytes.utf8Text.flatMap({ Bool($0) }) else {
            throw ContractError("\"\(bytes.lossyText)\" is neither true nor false")
        }
        self = value
    }

    public func contractResult() -> Bytes { Bytes(String(self)) }
    public static var contractSchema: JSONValue { ["type": "boolean"] }
}

extension Array: ContractDescribed {
    public static var contractSchema: JSONValue {
        if let type = Element.self as? any ContractDescribed.Type {
            return ["type": "array", "items": type.contractSchema]
        }
        if let type = Element.self as? any Decodable.Type {
            return ["type": "array", "items": TypeSchema.schema(of: type)]
        }
        return ["type": "array", "items": ["title": .string("\(Element.self)")]]
    }
}

extension Array: ContractArgument where Element: Decodable {}

extension Array: ContractResult where Element: Encodable {}

extension Optional: ContractDescribed where Wrapped: ContractDescribed {
    public static var contractSchema: JSONValue { Wrapped.contractSchema }
}

extension Optional: ContractResult where Wrapped: ContractResult {
    /// Nothing is an empty answer.
    public func contractResult() throws -> Bytes { try self?.contractResult() ?? Bytes() }
}
