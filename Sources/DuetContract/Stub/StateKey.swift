public import FabricTypes

/// What names a value in the state: text, bytes that are UTF-8, or a composite key.
public protocol StateKey: Sendable {
    var keyBytes: Bytes { get }
}

extension String: StateKey {
    public var keyBytes: Bytes { Bytes(self) }
}

extension Bytes: StateKey {
    public var keyBytes: Bytes { self }
}

/// A key made of a type and attributes, so that all keys that begin alike can be read together.
///
/// In the state it is `U+0000 type U+0000 attribute U+0000 …`; ordinary ranges pass such keys over.
public struct CompositeKey: StateKey, Hashable {
    public let objectType: Bytes
    public let attributes: [Bytes]

    private static let separator: UInt8 = 0
    /// U+10FFFF in UTF-8: behind every key of a type.
    private static let lastCharacter = Bytes([0xF4, 0x8F, 0xBF, 0xBF])

    /// - Throws: ``ContractError`` where a part is not UTF-8 or has U+0000 or U+10FFFF in it.
    public init(_ objectType: Bytes, _ attributes: [Bytes] = []) throws(ContractError) {
        for part in [objectType] + attributes { try Self.check(part) }
        self.objectType = objectType
        self.attributes = attributes
    }

    public init(_ objectType: String, _ attributes: String...) throws(ContractError) {
        try self.init(Bytes(objectType), attributes.map { Bytes($0) })
    }

    /// Takes a key from the state apart.
    ///
    /// - Throws: ``ContractError`` where it is no composite key.
    public init(splitting key: some StateKey) throws(ContractError) {
        let parts = key.keyBytes.split(separator: Self.separator, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].isEmpty, parts[parts.count - 1].isEmpty else {
            throw ContractError("\"\(key.keyBytes.lossyText)\" is no composite key")
        }
        objectType = Bytes(parts[1])
        attributes = parts[2..<(parts.count - 1)].map { Bytes($0) }
    }

    public var keyBytes: Bytes {
        var array: [UInt8] = [Self.separator]
        for part in [objectType] + attributes {
            array += part.array
            array.append(Self.separator)
        }
        return Bytes(array)
    }

    /// Behind all keys that begin like this one.
    var rangeEnd: Bytes { Bytes(joining: [keyBytes, Self.lastCharacter]) }

    private static func check(_ part: Bytes) throws(ContractError) {
        guard let text = part.utf8Text else { throw ContractError("not a valid utf8 string: [\(part.hex)]") }
        var offset = 0
        for scalar in text.unicodeScalars {
            if scalar.value == 0 || scalar.value == 0x10FFFF {
                let found = scalar.value == 0 ? "U+0000" : "U+10FFFF"
                throw ContractError(
                    "input contains unicode \(found) starting at position [\(offset)]. U+0000 and U+10FFFF are not "
                        + "allowed in the input attribute of a composite key")
            }
            offset += UTF8.width(scalar)
        }
    }
}
