internal import Crypto
package import FabricTypes
internal import SwiftASN1
internal import X509

extension Certificate {
    /// Whether `issuer` may sign certificates and has signed this one.
    ///
    /// SHA-1 is not good enough for certificates, nor is MD5. Names and validity are for the caller to compare.
    package func isSigned(by issuer: Certificate) -> Bool {
        let constraints = issuer.extensions.basicConstraints
        if issuer.version == 3 || constraints != nil {
            guard constraints?.isCA == true else { return false }
        }
        if let usage = issuer.extensions.keyUsage, !usage.isEmpty {
            guard usage.contains(.certificateSign) else { return false }
        }
        switch signatureAlgorithm.algorithm {
        case ObjectIdentifiers.ecdsaWithSHA1, ObjectIdentifiers.sha1WithRSA: return false
        default: return issuer.hasSigned(toBeSigned, signature, algorithm: signatureAlgorithm)
        }
    }

    /// Whether the certificate's key made `signature` over `content` with this algorithm, which may use SHA-1.
    package func hasSigned(_ content: Bytes, _ signature: Bytes, algorithm: AlgorithmIdentifier) -> Bool {
        switch algorithm.algorithm {
        case ObjectIdentifiers.ecdsaWithSHA1: hasSigned(content, signature, hash: Insecure.SHA1.self)
        case ObjectIdentifiers.ecdsaWithSHA256: hasSigned(content, signature, hash: SHA256.self)
        case ObjectIdentifiers.ecdsaWithSHA384: hasSigned(content, signature, hash: SHA384.self)
        case ObjectIdentifiers.ecdsaWithSHA512: hasSigned(content, signature, hash: SHA512.self)
        case ObjectIdentifiers.ed25519:
            algorithm.parameters.isEmpty && publicKey.isEd25519Signature(signature, message: content.array)
        case ObjectIdentifiers.sha1WithRSA: hasSigned(content, signature, rsa: .sha1WithRSAEncryption)
        case ObjectIdentifiers.sha256WithRSA: hasSigned(content, signature, rsa: .sha256WithRSAEncryption)
        case ObjectIdentifiers.sha384WithRSA: hasSigned(content, signature, rsa: .sha384WithRSAEncryption)
        case ObjectIdentifiers.sha512WithRSA: hasSigned(content, signature, rsa: .sha512WithRSAEncryption)
        default: false
        }
    }

    private func hasSigned<Hash: HashFunction>(_ content: Bytes, _ signature: Bytes, hash: Hash.Type) -> Bool {
        // Here, unlike in signatures over messages, either half is good for s and nothing may follow.
        guard let signature = try? ECDSASignature(strictlyDEREncoded: signature) else { return false }
        var hash = Hash()
        content.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return publicKey.isSignature(signature, digest: hash.finalize())
    }

    private func hasSigned(
        _ content: Bytes, _ signature: Bytes, rsa algorithm: X509.Certificate.SignatureAlgorithm
    ) -> Bool {
        // A key that cannot be read has signed nothing.
        guard publicKey.algorithm == .rsa,
            let key = try? X509.Certificate.PublicKey(derEncoded: publicKey.subjectPublicKeyInfo.array)
        else { return false }
        return key.isValidSignature(signature.array, for: content.array, signatureAlgorithm: algorithm)
    }

    /// The certificate with its own signature in low-S form; everything else keeps its bytes.
    ///
    /// - Parameter issuerKey: whose signature it is; it tells the curve.
    /// - Throws: ``CertificateError`` `malformed` if the signature is ECDSA's but not one of this kind of key.
    package func sanitized(issuerKey: PublicKey) throws(CertificateError) -> Certificate {
        guard signatureAlgorithm.isECDSA else { return self }
        guard case .ecdsa(let curve) = issuerKey.algorithm,
            let low = (try? ECDSASignature(derEncoded: signature))?.withLowS(on: curve)
        else {
            throw CertificateError(.malformed, "The signature in the \(self) is not one of its issuer's key.")
        }
        let lowSignature = low.derRepresentation
        if lowSignature == signature { return self }
        return try Certificate(derEncoded: try encoded(withSignature: lowSignature))
    }

    private func encoded(withSignature newSignature: Bytes) throws(CertificateError) -> Bytes {
        var outer = DERReader(encoded)
        do throws(DERError) {
            var parts = DERReader(try outer.read(.sequence))
            let signed = try parts.readElement(.sequence).encoded
            let algorithm = try parts.readElement(.sequence).encoded
            let bits = DERWriter.bitString(newSignature)
            return Bytes(DERWriter.element(.sequence, signed.array + algorithm.array + bits))
        } catch {
            throw CertificateError(.malformed, "The \(self) cannot be taken apart: \(error).")
        }
    }
}
