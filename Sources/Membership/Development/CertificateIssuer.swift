internal import Crypto
internal import FabricTypes
internal import FoundationEssentials
internal import SwiftASN1
package import X509

/// An authority that can issue certificates: its own certificate with its private key.
package struct CertificateIssuer: Sendable {
    package let certificate: Certificate
    package let key: PrivateKey

    /// What a new certificate is to say.
    package struct Request {
        package var subject: DevelopmentName
        package var publicKey: PublicKey
        /// Seconds since 1970-01-01 00:00 UTC.
        package var validity: ClosedRange<Int64>
        package var extensions: X509.Certificate.Extensions

        package init(
            subject: DevelopmentName, publicKey: PublicKey, validity: ClosedRange<Int64>,
            extensions: X509.Certificate.Extensions
        ) {
            self.subject = subject
            self.publicKey = publicKey
            self.validity = validity
            self.extensions = extensions
        }
    }

    /// - Throws: ``CertificateError`` if the key is not that of the certificate.
    package init(certificate: Certificate, key: PrivateKey) throws(CertificateError) {
        guard key.publicKey == certificate.publicKey else {
            throw CertificateError(.malformed, "The private key is not that of the authority's \(certificate).")
        }
        self.certificate = certificate
        self.key = key
    }

    /// A new authority that vouches for itself.
    package init(selfSigned request: Request, key: PrivateKey) throws {
        let name = try request.subject.x509Name()
        certificate = try Self.certificate(request, issuer: name, signedBy: key)
        self.key = key
    }

    /// Issues a certificate. Its signature has low s, so that it is its own sanitized form.
    ///
    /// - Throws: if the request cannot be encoded, or the random number generator fails.
    package func issue(_ request: Request) throws -> Certificate {
        let name = try X509.DistinguishedName(derEncoded: try DER.parse(certificate.subject.array))
        return try Self.certificate(request, issuer: name, signedBy: key)
    }

    private static func certificate(
        _ request: Request, issuer: X509.DistinguishedName, signedBy key: PrivateKey
    ) throws -> Certificate {
        let certificate = try X509.Certificate(
            version: .v3,
            serialNumber: serialNumber(),
            publicKey: X509.Certificate.PublicKey(derEncoded: request.publicKey.subjectPublicKeyInfo.array),
            notValidBefore: Date(timeIntervalSince1970: Double(request.validity.lowerBound)),
            notValidAfter: Date(timeIntervalSince1970: Double(request.validity.upperBound)),
            issuer: issuer,
            subject: try request.subject.x509Name(),
            signatureAlgorithm: key.algorithm == .ed25519 ? .ed25519 : .ecdsaWithSHA256,
            extensions: request.extensions,
            issuerPrivateKey: key.x509Key)
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return try Certificate(derEncoded: Bytes(serializer.serializedBytes)).sanitized(issuerKey: key.publicKey)
    }

    /// 128 random bits, as cryptogen's.
    private static func serialNumber() -> X509.Certificate.SerialNumber {
        var bytes: [UInt8]
        repeat {
            bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        } while bytes.allSatisfy { $0 == 0 }
        return X509.Certificate.SerialNumber(bytes: bytes)
    }
}
