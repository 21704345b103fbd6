internal import FabricTypes
internal import SwiftASN1
package import X509

/// The extensions of the certificates that cryptogen makes, in its order.
package enum CertificateProfile {
    /// An authority's: it may issue certificates of any use, and is found by the SHA-256 of its point.
    package static func authority(
        publicKey: PublicKey, issuer: Certificate? = nil
    ) throws -> X509.Certificate.Extensions {
        var extensions: [X509.Certificate.Extension] = [
            try .init(
                X509.KeyUsage(digitalSignature: true, keyEncipherment: true, keyCertSign: true, cRLSign: true),
                critical: true),
            try .init(try ExtendedKeyUsage([.clientAuth, .serverAuth]), critical: false),
            try .init(BasicConstraints.isCertificateAuthority(maxPathLength: nil), critical: true),
            try .init(SubjectKeyIdentifier(keyIdentifier: publicKey.subjectKeyIdentifier.array[...]), critical: false),
        ]
        if let issuer { extensions.append(try authorityKeyIdentifier(issuer)) }
        return try X509.Certificate.Extensions(extensions)
    }

    /// An identity's: it may sign, and nothing else.
    package static func identity(
        issuer: Certificate, attributes: [String: String] = [:]
    ) throws -> X509.Certificate.Extensions {
        var extensions: [X509.Certificate.Extension] = [
            try .init(X509.KeyUsage(digitalSignature: true), critical: true),
            try .init(BasicConstraints.notCertificateAuthority, critical: true),
            try authorityKeyIdentifier(issuer),
        ]
        if !attributes.isEmpty {
            extensions.append(
                X509.Certificate.Extension(
                    oid: fabricAttributes, critical: false, value: try FabricAttributes(attributes).encoded().array[...]
                ))
        }
        return try X509.Certificate.Extensions(extensions)
    }

    /// A TLS certificate's, for servers and clients.
    ///
    /// - Parameter alternativeNames: host names, and addresses in their usual spelling.
    package static func tls(
        issuer: Certificate, alternativeNames: [String]
    ) throws -> X509.Certificate.Extensions {
        var extensions: [X509.Certificate.Extension] = [
            try .init(X509.KeyUsage(digitalSignature: true, keyEncipherment: true), critical: true),
            try .init(try ExtendedKeyUsage([.serverAuth, .clientAuth]), critical: false),
            try .init(BasicConstraints.notCertificateAuthority, critical: true),
            try authorityKeyIdentifier(issuer),
        ]
        if !alternativeNames.isEmpty {
            let names = alternativeNames.map { name in
                if let address = IPAddress(name) {
                    X509.GeneralName.ipAddress(ASN1OctetString(contentBytes: address.bytes[...]))
                } else {
                    X509.GeneralName.dnsName(name)
                }
            }
            extensions.append(try .init(SubjectAlternativeNames(names), critical: false))
        }
        return try X509.Certificate.Extensions(extensions)
    }

    private static let fabricAttributes: ASN1ObjectIdentifier = [1, 2, 3, 4, 5, 6, 7, 8, 1]

    private static func authorityKeyIdentifier(_ issuer: Certificate) throws -> X509.Certificate.Extension {
        let identifier = issuer.extensions.subjectKeyIdentifier ?? issuer.publicKey.subjectKeyIdentifier
        return try .init(AuthorityKeyIdentifier(keyIdentifier: identifier.array[...]), critical: false)
    }
}

/// An internet address in its usual spelling.
struct IPAddress {
    /// 4 or 16.
    let bytes: [UInt8]

    init?(_ text: String) {
        guard let bytes = text.contains(":") ? Self.version6(text) : Self.version4(text) else { return nil }
        self.bytes = bytes
    }

    private static func version4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { part in part.first == "+" ? nil : UInt8(part) }
        return bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: String) -> [UInt8]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, let head = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return head.count == 16 ? head : nil }
        guard let tail = groups(halves[1]), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        for group in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(group.count), group.first != "+", let number = UInt16(group, radix: 16) else {
                return nil
            }
            bytes += [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
        }
        return bytes
    }
}
