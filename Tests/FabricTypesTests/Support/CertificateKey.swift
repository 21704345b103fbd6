import Crypto
import FabricTypes
import Foundation

/// The P-256 key of a recorded identity's certificate, found by its shape: enough to check what a signature covers.
struct CertificateKey {
    private let key: P256.Signing.PublicKey

    /// Nil for certificates with another kind of key, and for bytes that are no identity, which the recording has too.
    init?(identity: Bytes) {
        guard let pem = try? SerializedIdentity(decoding: identity).idBytes.lossyText else { return nil }
        let base64 = pem.split(separator: "\n").drop { !$0.contains("BEGIN CERTIFICATE") }.dropFirst()
            .prefix { !$0.contains("END CERTIFICATE") }.joined()
        // Object identifier of the curve, then a bit string of 65 bytes that begins with 04 for an uncompressed point.
        guard
            let der = Data(base64Encoded: base64),
            let range = der.firstRange(of: Data(Bytes(hex: "06082a8648ce3d030107034200") ?? Bytes())),
            der.endIndex - range.upperBound >= 65,
            let key = try? P256.Signing.PublicKey(x963Representation: der[range.upperBound..<(range.upperBound + 65)])
        else { return nil }
        self.key = key
    }

    func isValid(_ signature: Bytes, over signedBytes: Bytes) -> Bool {
        // Some recorded signatures have bytes behind them, which Go ignores.
        let der = signature.count > 1 ? signature.prefix(2 + Int(signature[1])) : signature
        guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: Data(der)) else { return false }
        return key.isValidSignature(signature, for: Data(signedBytes))
    }
}
