public import FabricTypes

/// What a contract's method can take from the bytes of an argument.
///
/// Texts and bytes are taken as they are, numbers and truth values from their text, any other Codable type from JSON:
/// declare the conformance and nothing else.
public protocol ContractArgument {
    /// - Throws: ``ContractError`` that says what is wrong with the bytes.
    init(contractArgument bytes: Bytes) throws(ContractError)

    /// How the argument is described to people and tools, as a JSON schema.
    static var contractSchema: JSONValue { get }
}

/// What a contract's method can answer: the opposite of ``ContractArgument``.
public protocol ContractResult {
    func contractResult() throws -> Bytes
    static var contractSchema: JSONValue { get }
}

// MARK: - Codable types

extension ContractArgument where Self: Decodable {
    public init(contractArgument bytes: Bytes) throws(ContractError) {
        self = try JSONValue.decode(Self.self, from: bytes)
    }

    public static var contractSchema: JSONValue { ["type": "object", "title": .string("\(Self.self)")] }
}

extension ContractResult where Self: Encodable {
    /// JSON with the members in the order in which the type writes them, escaped as Go does.
    public func contractResult() throws -> Bytes {
        try JSONValue(encoding: self).encoded(escaping: .go)
    }

    public static var contractSchema: JSONValue { ["type": "object", "title": .string("\(Self.self)")] }
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

extension Array: ContractArgument where Element: Decodable {
    public static var contractSchema: JSONValue { ["type": "array"] }
}

extension Array: ContractResult where Element: Encodable {}

extension Optional: ContractResult where Wrapped: ContractResult {
    /// Nothing is an empty answer.
    public func contractResult() throws -> Bytes { try self?.contractResult() ?? Bytes() }
    public static var contractSchema: JSONValue { Wrapped.contractSchema }
}
