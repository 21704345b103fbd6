public import FabricTypes
package import Membership

/// Whom a client acts as: a certificate of an organisation, and whatever signs for it.
///
/// Safe to use from any thread, as far as the signer is.
public struct ClientIdentity: Sendable {
    /// Signs a message: ECDSA with low s over its SHA-256, or Ed25519 over the message itself, DER-encoded as Fabric
    /// expects it.
    public typealias Signer = @Sendable (_ message: Bytes) async throws -> Bytes

    public let mspID: MSPID
    /// The identity as transactions carry it: an encoded `msp.SerializedIdentity`.
    public let serialized: Bytes
    private let signer: Signer?

    /// An identity whose key is elsewhere, in a hardware module or with another service.
    ///
    /// - Parameters:
    ///   - certificate: PEM text.
    ///   - signer: nil for an identity that signs offline only.
    /// - Throws: ``ClientError`` with phase `prepare` if the text is no certificate.
    public init(mspID: MSPID, certificate: Bytes, signer: Signer?) throws {
        do throws(CertificateError) {
            _ = try Certificate(pemText: certificate)
        } catch {
            throw ClientError(.prepare, .invalidArgument, "The certificate of a client cannot be read. \(error)")
        }
        self.mspID = mspID
        self.signer = signer
        serialized = SerializedIdentity(mspID: mspID, idBytes: certificate).encoded()
    }

    /// - Parameters: PEM texts; the key is PKCS#8 or SEC 1 and must be that of the certificate.
    /// - Throws: ``ClientError`` with phase `prepare`.
    public init(mspID: MSPID, certificate: Bytes, privateKey: Bytes) throws {
        do {
            try self.init(
                SigningIdentity(
                    mspID: mspID, certificate: Certificate(pemText: certificate), key: PrivateKey(pemText: privateKey)))
        } catch {
            throw ClientError(
                .prepare, .invalidArgument, "The certificate and key of a client of \(mspID) cannot be used. \(error)")
        }
    }

    package init(_ identity: SigningIdentity) throws {
        mspID = identity.mspID
        serialized = identity.serialized
        signer = { try identity.sign([$0]) }
    }

    /// - Throws: ``ClientError`` with phase `prepare` if there is no signer; whatever the signer throws.
    public func sign(_ message: Bytes) async throws -> Bytes {
        guard let signer else {
            throw ClientError(
                .prepare, .failedPrecondition,
                "This identity of \(mspID) has no key here: have each message signed elsewhere and add the signature.")
        }
        return try await signer(message)
    }
}
