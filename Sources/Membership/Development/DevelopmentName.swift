internal import SwiftASN1
internal import X509

/// The subject of a certificate for development, with cryptogen's place of residence.
package struct DevelopmentName: Hashable, Sendable {
    package var country = "US"
    package var province = "California"
    package var locality = "San Francisco"
    /// Only authorities have one.
    package var organization: String?
    package var organizationalUnits: [String]
    package var commonName: String

    package init(commonName: String, organization: String? = nil, organizationalUnits: [String] = []) {
        self.commonName = commonName
        self.organization = organization
        self.organizationalUnits = organizationalUnits
    }

    /// One set per kind of attribute, as Go writes names; several units share a set.
    func x509Name() throws -> X509.DistinguishedName {
        var parts = [
            [try Self.attribute(.RDNAttributeType.countryName, country)],
            [try Self.attribute(.RDNAttributeType.stateOrProvinceName, province)],
            [try Self.attribute(.RDNAttributeType.localityName, locality)],
        ]
        if let organization { parts.append([try Self.attribute(.RDNAttributeType.organizationName, organization)]) }
        if !organizationalUnits.isEmpty {
            parts.append(
                try organizationalUnits.map { try Self.attribute(.RDNAttributeType.organizationalUnitName, $0) })
        }
        parts.append([try Self.attribute(.RDNAttributeType.commonName, commonName)])
        return X509.DistinguishedName(parts.map { RelativeDistinguishedName($0) })
    }

    private static func attribute(
        _ type: ASN1ObjectIdentifier, _ text: String
    ) throws -> RelativeDistinguishedName.Attribute {
        // Go prefers the older type where its few characters suffice.
        let isPrintable = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: " '()+,-./:=?".utf8.contains(byte)
            }
        }
        return isPrintable
            ? try RelativeDistinguishedName.Attribute(type: type, printableString: text)
            : RelativeDistinguishedName.Attribute(type: type, utf8String: text)
    }
}
