package import FabricTypes

/// A list of certificates that their issuer has taken back.
///
/// When it was issued, when the next one is due and since when a certificate is revoked are read and have no effect.
/// Source: RFC 5280, section 5.
package struct CertificateRevocationList: Sendable {
    /// The part that the issuer signed, header included.
    package let toBeSigned: Bytes
    package let signatureAlgorithm: AlgorithmIdentifier
    /// An ECDSA signature stands in its canonical form here, without bytes behind it.
    package let signature: Bytes
    /// Nil without the extension; Fabric then finds every identity of the MSP invalid.
    package let authorityKeyIdentifier: Bytes?
    /// Two's complement, as few bytes as possible.
    package let revokedSerialNumbers: Set<Bytes>

    /// Reads DER, or PEM if the text begins with a block of the label `X509 CRL`.
    ///
    /// - Throws: ``CertificateError`` `malformed` with what is wrong and where.
    package init(_ bytes: Bytes) throws(CertificateError) {
        var der = bytes
        if bytes.starts(with: "-----BEGIN X509 CRL".utf8), let block = PEMBlock.first(in: bytes),
            block.label == Bytes("X509 CRL")
        {
            der = block.content
        }
        do throws(DERError) {
            try self.init(derEncoded: der.detached())
        } catch {
            throw CertificateError(.malformed, "The revocation list cannot be read: \(error).")
        }
    }

    private init(derEncoded bytes: Bytes) throws(DERError) {
        var reader = DERReader(bytes)
        var parts = DERReader(try reader.read(.sequence))
        guard reader.isAtEnd else { throw DERError(.trailingBytes, offset: reader.position) }
        let signed = try parts.readElement(.sequence)
        toBeSigned = signed.encoded
        signatureAlgorithm = try AlgorithmIdentifier(try parts.read(.sequence))
        let rawSignature = try parts.readBitString().rightAligned
        signature =
            signatureAlgorithm.isECDSA ? try ECDSASignature(derEncoded: rawSignature).derRepresentation : rawSignature

        var body = DERReader(signed.content)
        if body.isNext(.integer) { _ = try body.readInteger() }
        _ = try AlgorithmIdentifier(try body.read(.sequence))
        _ = try DistinguishedName(encoded: try body.readElement(.sequence).encoded)
        _ = try body.readTime()
        if body.isNext(.utcTime) || body.isNext(.generalizedTime) { _ = try body.readTime() }
        revokedSerialNumbers = try Self.serialNumbers(try body.readIfPresent(.sequence))
        authorityKeyIdentifier = try Self.authorityKeyIdentifier(try body.readIfPresent(.constructed(0)))
    }

    private static func serialNumbers(_ content: Bytes?) throws(DERError) -> Set<Bytes> {
        var serialNumbers: Set<Bytes> = []
        var reader = DERReader(content ?? Bytes())
        while !reader.isAtEnd {
            var entry = DERReader(try reader.read(.sequence))
            serialNumbers.insert(try entry.readInteger())
            _ = try entry.readTime()
        }
        return serialNumbers
    }

    private static func authorityKeyIdentifier(_ explicit: Bytes?) throws(DERError) -> Bytes? {
        guard let explicit else { return nil }
        var outer = DERReader(explicit)
        var reader = DERReader(try outer.read(.sequence))
        var found: Bytes?
        while !reader.isAtEnd {
            var item = DERReader(try reader.read(.sequence))
            let identifier = try item.readObjectIdentifier()
            if item.isNext(.boolean) { _ = try item.readBoolean() }
            let value = try item.read(.octetString)
            guard identifier == ObjectIdentifiers.authorityKeyIdentifier, found == nil else { continue }
            var fields = DERReader(value)
            var identifierFields = DERReader(try fields.read(.sequence))
            found = try identifierFields.readIfPresent(.contextSpecific(0)) ?? Bytes()
        }
        return found
    }

    /// Whether `issuer` has signed the list. Whether it may sign lists is not asked.
    package func isSigned(by issuer: Certificate) -> Bool {
        issuer.hasSigned(toBeSigned, signature, algorithm: signatureAlgorithm)
    }
}
