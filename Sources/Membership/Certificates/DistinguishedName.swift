package import FabricTypes

/// What Duet looks at in a certificate's name.
///
/// Values are UTF-8, whatever text type the certificate uses. Source: RFC 5280, section 4.1.2.4.
package struct DistinguishedName: Hashable, Sendable {
    /// The last common name; empty if there is none.
    package private(set) var commonName = Bytes()
    /// In the order in which they stand.
    package private(set) var organizationalUnits: [Bytes] = []

    package init(encoded: Bytes) throws(DERError) {
        var outer = DERReader(encoded)
        var names = DERReader(try outer.read(.sequence))
        while !names.isAtEnd {
            var attributes = DERReader(try names.read(.set))
            while !attributes.isAtEnd {
                var attribute = DERReader(try attributes.read(.sequence))
                let type = try attribute.readObjectIdentifier()
                guard let text = try Self.text(&attribute) else { continue }
                switch type {
                case ObjectIdentifiers.commonName: commonName = text
                case ObjectIdentifiers.organizationalUnit: organizationalUnits.append(text)
                default: break
                }
            }
        }
    }

    /// The value as text; nil if it is of a type that is none.
    private static func text(_ attribute: inout DERReader) throws(DERError) -> Bytes? {
        let start = attribute.position
        let value = try attribute.read()
        let content = value.content
        var isValid = true
        var text = content
        switch DERTag(rawValue: value.tag) {
        case .utf8String: isValid = content.isUTF8
        case .printableString: isValid = content.allSatisfy(isPrintable)
        case .ia5String: isValid = content.allSatisfy { $0 < 0x80 }
        case .numericString: isValid = content.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x20 }
        case .t61String: text = utf8(content.map { UInt16($0) })
        case .bmpString:
            isValid = content.count % 2 == 0
            var units = stride(from: 0, to: content.count - 1, by: 2).map {
                UInt16(content[$0]) << 8 | UInt16(content[$0 + 1])
            }
            if units.last == 0 { units.removeLast() }
            isValid = isValid && units.allSatisfy(isAssignable)
            text = utf8(units)
        default: return nil
        }
        guard isValid else { throw DERError(.invalidText, offset: start) }
        return text
    }

    private static func isPrintable(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "'")...UInt8(ascii: ")"),
            UInt8(ascii: "+")...UInt8(ascii: "/"), UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: "="),
            UInt8(ascii: "?"):
            true
        // Not printable strings by the letter, but found in certificates and accepted by Go.
        case UInt8(ascii: "*"), UInt8(ascii: "&"):
            true
        default:
            false
        }
    }

    /// Whether a BMPString may hold it: no surrogates and no permanent noncharacters.
    private static func isAssignable(_ unit: UInt16) -> Bool {
        switch unit {
        case 0xD800...0xDFFF, 0xFDD0...0xFDEF, 0xFFFE, 0xFFFF: false
        default: true
        }
    }

    private static func utf8(_ units: [UInt16]) -> Bytes {
        Bytes(String(decoding: units, as: UTF16.self))
    }
}

extension DistinguishedName: CustomStringConvertible {
    package var description: String {
        let units = organizationalUnits.map { "OU=\($0.lossyText)" }.joined(separator: ",")
        return units.isEmpty ? "\"CN=\(commonName.lossyText)\"" : "\"CN=\(commonName.lossyText),\(units)\""
    }
}
