package import NodeHTTP

extension NetworkIdentityRequest {
    private static let nameByteCountMax = 64
    private static let unitCountMax = 8
    private static let attributeCountMax = 64
    private static let attributeNameByteCountMax = 256
    private static let attributeValueByteCountMax = 4_096
    /// No certificate outlives its authority's by much.
    private static let validitySecondsMax: Int64 = 100 * 365 * 86_400

    /// The common name: `User2@org1.example.com`, or `peer1.org1.example.com` of a node.
    ///
    /// - Throws: ``NetworkIdentityError`` `nameInvalid`.
    func name(in domain: String) throws(NetworkIdentityError) -> String {
        let mark: Character =
            switch role {
            case .client, .admin: "@"
            case .peer, .orderer: "."
            }
        let suffix = "\(mark)\(domain)"
        let label = name.hasSuffix(suffix) ? String(name.dropLast(suffix.utf8.count)) : name
        let isPlain = label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard (1...Self.nameByteCountMax).contains(label.utf8.count), isPlain, !label.hasPrefix("."),
            !label.hasPrefix("-")
        else {
            throw NetworkIdentityError(
                .nameInvalid,
                "\"\(name.prefix(100))\" is no name for an identity: use 1 to \(Self.nameByteCountMax) letters, digits, \"-\", "
                    + "\"_\" and \".\", and begin with a letter or digit, such as \"User2\".")
        }
        return label + suffix
    }

    /// - Throws: ``NetworkIdentityError`` `requestInvalid`.
    func validate() throws(NetworkIdentityError) {
        func check(_ isGood: Bool, _ message: @autoclosure () -> String) throws(NetworkIdentityError) {
            guard isGood else { throw NetworkIdentityError(.requestInvalid, message()) }
        }
        try check(
            units.count <= Self.unitCountMax,
            "\(units.count) organisational units are too many: at most \(Self.unitCountMax).")
        for unit in units {
            try check(
                Self.isText(unit, byteCountMax: Self.nameByteCountMax),
                "\"\(unit.prefix(100))\" is no organisational unit: use 1 to \(Self.nameByteCountMax) bytes without control "
                    + "characters.")
            try check(
                NetworkIdentity.Role(rawValue: unit) == nil,
                "The organisational unit \"\(unit)\" gives a role: name the role instead, of which an identity has one."
            )
        }
        try check(
            attributes.count <= Self.attributeCountMax,
            "\(attributes.count) attributes are too many: at most \(Self.attributeCountMax).")
        for (name, value) in attributes {
            try check(
                Self.isText(name, byteCountMax: Self.attributeNameByteCountMax),
                "\"\(name.prefix(100))\" is no name for an attribute: use 1 to \(Self.attributeNameByteCountMax) bytes without "
                    + "control characters.")
            try check(
                value.utf8.count <= Self.attributeValueByteCountMax,
                "The value of the attribute \"\(name)\" is too long: at most \(Self.attributeValueByteCountMax) bytes.")
        }
        if let validitySeconds {
            try check(
                (1...Self.validitySecondsMax).contains(validitySeconds),
                "An identity is valid for 1 second to 100 years, not for \(validitySeconds) seconds.")
        }
    }

    private static func isText(_ text: String, byteCountMax: Int) -> Bool {
        (1...byteCountMax).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }
}
