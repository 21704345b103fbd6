package import FabricTypes

/// The extensions of a certificate, as far as they decide about identities.
///
/// Source: RFC 5280, section 4.2.
package struct CertificateExtensions: Sendable {
    /// One extension as it stands.
    package struct Item: Hashable, Sendable {
        /// The content of the object identifier.
        package let identifier: Bytes
        package let isCritical: Bool
        package let value: Bytes
    }

    package struct BasicConstraints: Hashable, Sendable {
        package let isCA: Bool
        /// How many intermediate authorities may stand below; nil means any number.
        package let pathLengthMax: Int?
    }

    package private(set) var items: [Item] = []
    package private(set) var basicConstraints: BasicConstraints?
    /// Nil or empty means unrestricted.
    package private(set) var keyUsage: KeyUsage?
    /// Object identifiers; empty means unrestricted.
    package private(set) var extendedKeyUsages: [Bytes] = []
    package private(set) var subjectKeyIdentifier: Bytes?
    package private(set) var authorityKeyIdentifier: Bytes?
    /// The encoded names, nil without the extension.
    package private(set) var encodedAlternativeNames: Bytes?
    package private(set) var alternativeNames: [GeneralName] = []
    package private(set) var nameConstraints: NameConstraints?
    /// A certificate with such an extension is in no valid path.
    package private(set) var hasUnhandledCriticalExtension = false

    package init() {}

    /// Reads the content of the explicit tag.
    init(_ explicit: Bytes) throws(DERError) {
        var outer = DERReader(explicit)
        var reader = DERReader(try outer.read(.sequence))
        var seen: Set<Bytes> = []
        while !reader.isAtEnd {
            let item = try Self.item(try reader.read(.sequence))
            guard seen.insert(item.identifier).inserted else { throw DERError(.invalidValue, offset: reader.position) }
            items.append(item)
        }
        for item in items {
            let isHandled = try take(item)
            if item.isCritical, !isHandled { hasUnhandledCriticalExtension = true }
        }
    }

    private static func item(_ content: Bytes) throws(DERError) -> Item {
        var reader = DERReader(content)
        let identifier = try reader.readObjectIdentifier()
        let isCritical = reader.isNext(.boolean) ? try reader.readBoolean() : false
        return Item(identifier: identifier, isCritical: isCritical, value: try reader.read(.octetString))
    }

    /// - Returns: whether the meaning of the extension is fully taken into account, here or by having none for Fabric.
    private mutating func take(_ item: Item) throws(DERError) -> Bool {
        var reader = DERReader(item.value)
        switch item.identifier {
        case ObjectIdentifiers.keyUsage:
            keyUsage = KeyUsage(try reader.readBitString())
        case ObjectIdentifiers.basicConstraints:
            basicConstraints = try Self.basicConstraints(try reader.read(.sequence))
        case ObjectIdentifiers.extendedKeyUsage:
            var usages = DERReader(try reader.read(.sequence))
            while !usages.isAtEnd { extendedKeyUsages.append(try usages.readObjectIdentifier()) }
        case ObjectIdentifiers.subjectKeyIdentifier:
            guard !item.isCritical else { throw DERError(.invalidValue, offset: 0) }
            subjectKeyIdentifier = try reader.read(.octetString)
        case ObjectIdentifiers.authorityKeyIdentifier:
            guard !item.isCritical else { throw DERError(.invalidValue, offset: 0) }
            var fields = DERReader(try reader.read(.sequence))
            authorityKeyIdentifier = try fields.readIfPresent(.contextSpecific(0))
        case ObjectIdentifiers.subjectAlternativeName:
            encodedAlternativeNames = item.value
            alternativeNames = try GeneralName.list(try reader.read(.sequence))
            return !alternativeNames.isEmpty
        case ObjectIdentifiers.nameConstraints:
            let constraints = try NameConstraints(item.value)
            nameConstraints = constraints
            return !constraints.hasUnhandledName
        case ObjectIdentifiers.authorityInformationAccess:
            guard !item.isCritical else { throw DERError(.invalidValue, offset: 0) }
        case ObjectIdentifiers.crlDistributionPoints, ObjectIdentifiers.certificatePolicies,
            ObjectIdentifiers.policyMappings, ObjectIdentifiers.policyConstraints, ObjectIdentifiers.inhibitAnyPolicy:
            break
        default:
            return false
        }
        return true
    }

    private static func basicConstraints(_ content: Bytes) throws(DERError) -> BasicConstraints {
        var reader = DERReader(content)
        let isCA = reader.isNext(.boolean) ? try reader.readBoolean() : false
        guard reader.isNext(.integer) else { return BasicConstraints(isCA: isCA, pathLengthMax: nil) }
        let length = try reader.readSmallInteger()
        guard length >= 0 else { throw DERError(.invalidInteger, offset: 0) }
        return BasicConstraints(isCA: isCA, pathLengthMax: Int(length))
    }

    package subscript(identifier: Bytes) -> Item? {
        items.first { $0.identifier == identifier }
    }

    package var isCA: Bool { basicConstraints?.isCA ?? false }
}

/// What a key may be used for. Source: RFC 5280, section 4.2.1.3.
package struct KeyUsage: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    init(_ bits: DERBitString) {
        rawValue = (0..<9).reduce(0) { usage, index in bits.isSet(index) ? usage | 1 << UInt16(index) : usage }
    }

    package static let digitalSignature = KeyUsage(rawValue: 1 << 0)
    package static let keyEncipherment = KeyUsage(rawValue: 1 << 2)
    package static let certificateSign = KeyUsage(rawValue: 1 << 5)
    package static let crlSign = KeyUsage(rawValue: 1 << 6)
}
