package import FabricTypes

/// An identity that can sign: a certificate with its private key.
package struct SigningIdentity: Sendable {
    package let mspID: MSPID
    package let certificate: Certificate
    /// The `SerializedIdentity` as Fabric writes its own: the certificate encoded anew, without the text around it.
    package let serialized: Bytes
    private let key: PrivateKey
    private let verifier: SignatureVerifier?

    /// - Parameters:
    ///   - certificate: with its own signature in low-S form, as ``MSPFolder`` gives it.
    ///   - signatures: where signatures are entered as they are made, so that this process never checks its own.
    /// - Throws: ``CertificateError`` if the key is not that of the certificate.
    package init(
        mspID: MSPID, certificate: Certificate, key: PrivateKey, signatures: SignatureTable? = nil
    ) throws(CertificateError) {
        guard key.publicKey == certificate.publicKey else {
            throw CertificateError(.malformed, "The private key is not that of the \(certificate).")
        }
        self.mspID = mspID
        self.certificate = certificate
        self.key = key
        serialized = SerializedIdentity(mspID: mspID, idBytes: certificate.pemText).encoded()
        verifier = signatures.map { SignatureVerifier(table: $0) }
    }

    /// Signs the parts read as one run of bytes: ECDSA with low s over SHA-256, or Ed25519.
    ///
    /// - Throws: only if the random number generator fails.
    package func sign(_ message: [Bytes]) throws -> Bytes {
        let signature = try key.signature(for: message)
        verifier?.enter(signature, of: message, by: certificate.publicKey)
        return signature
    }
}
