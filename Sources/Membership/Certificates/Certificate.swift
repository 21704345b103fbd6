package import FabricTypes

/// An X.509 certificate with the exact bytes of its parts.
///
/// Accepts and refuses what Go's `x509.ParseCertificate` does for everything that decides about identities; what
/// Fabric never looks at (policies, distribution points) is passed over. An object, because one certificate is shared by
/// the identities and chains that contain it. Source: RFC 5280, section 4.
package final class Certificate: Sendable {
    /// All of it. Two certificates are equal if these are.
    package let encoded: Bytes
    /// The part that the issuer signed, header included.
    package let toBeSigned: Bytes
    package let signatureAlgorithm: AlgorithmIdentifier
    package let signature: Bytes

    /// 1 to 3.
    package let version: Int
    /// Two's complement, as few bytes as possible; never negative.
    package let serialNumber: Bytes
    /// Encoded names, compared bytewise.
    package let issuer: Bytes
    package let subject: Bytes
    package let subjectName: DistinguishedName
    package let issuerName: DistinguishedName
    /// Seconds since 1970-01-01 00:00 UTC; both ends belong to the time in which the certificate is valid.
    package let notBefore: Int64
    package let notAfter: Int64
    package let publicKey: PublicKey
    package let extensions: CertificateExtensions

    /// - Throws: ``CertificateError`` `malformed` with what is wrong and where.
    package init(derEncoded bytes: Bytes) throws(CertificateError) {
        do throws(DERError) {
            let outer = try Self.wholeElement(bytes)
            var reader = DERReader(outer.content)
            let signed = try reader.readElement(.sequence)
            let outerAlgorithm = try reader.read(.sequence)
            encoded = outer.encoded
            toBeSigned = signed.encoded

            var body = DERReader(signed.content)
            version = try Self.version(&body)
            serialNumber = try body.readInteger()
            guard serialNumber[0] < 0x80 else { throw DERError(.invalidInteger, offset: body.position) }
            let innerAlgorithm = try body.read(.sequence)
            guard innerAlgorithm == outerAlgorithm else { throw DERError(.invalidValue, offset: body.position) }
            signatureAlgorithm = try AlgorithmIdentifier(innerAlgorithm)
            issuer = try body.readElement(.sequence).encoded
            issuerName = try DistinguishedName(encoded: issuer)
            var validity = DERReader(try body.read(.sequence))
            notBefore = try validity.readTime()
            notAfter = try validity.readTime()
            subject = try body.readElement(.sequence).encoded
            subjectName = try DistinguishedName(encoded: subject)
            publicKey = try PublicKey(subjectPublicKeyInfo: try body.readElement(.sequence).encoded)
            extensions = try Self.extensions(&body, version: version)
            signature = try reader.readBitString().rightAligned
        } catch {
            throw CertificateError(.malformed, "The certificate cannot be read: \(error).")
        }
    }

    /// Reads the first PEM block of a text, whatever its label, as Fabric does.
    package convenience init(pemText: Bytes) throws(CertificateError) {
        guard let block = PEMBlock.first(in: pemText) else {
            throw CertificateError(.noPEMBlock, "The certificate cannot be read: there is no PEM block in the text.")
        }
        try self.init(derEncoded: block.content)
    }

    /// The certificate as the text in which identities carry it.
    package var pemText: Bytes {
        PEMBlock(label: "CERTIFICATE", content: encoded).text
    }

    private static func wholeElement(_ bytes: Bytes) throws(DERError) -> DERElement {
        // The parts must not keep a whole block alive.
        var reader = DERReader(bytes.detached())
        let element = try reader.readElement(.sequence)
        guard reader.isAtEnd else { throw DERError(.trailingBytes, offset: reader.position) }
        return element
    }

    private static func version(_ body: inout DERReader) throws(DERError) -> Int {
        guard let explicit = try body.readIfPresent(.constructed(0)) else { return 1 }
        var reader = DERReader(explicit)
        let number = try reader.readSmallInteger()
        guard (0...2).contains(number), reader.isAtEnd else { throw DERError(.invalidValue, offset: 0) }
        return Int(number) + 1
    }

    private static func extensions(_ body: inout DERReader, version: Int) throws(DERError) -> CertificateExtensions {
        guard version > 1 else { return CertificateExtensions() }
        // The unique ids of issuer and subject, which nothing uses.
        _ = try body.readIfPresent(.contextSpecific(1))
        _ = try body.readIfPresent(.contextSpecific(2))
        guard version == 3, let explicit = try body.readIfPresent(.constructed(3)) else {
            return CertificateExtensions()
        }
        return try CertificateExtensions(explicit)
    }
}

extension Certificate: Hashable {
    package static func == (left: Certificate, right: Certificate) -> Bool {
        left === right || left.encoded == right.encoded
    }

    package func hash(into hasher: inout Hasher) {
        // The issuer's numbering tells certificates apart well enough.
        hasher.combine(serialNumber)
        hasher.combine(notBefore)
    }
}

extension Certificate: CustomStringConvertible {
    /// For messages: subject, issuer and serial number.
    package var description: String {
        "certificate of \(subjectName), serial number \(serialNumber.hex), issued by \(issuerName)"
    }
}
