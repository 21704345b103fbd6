internal import Crypto
internal import FoundationEssentials

/// What a browser shows after a login instead of its access key: `<key id>.<expiry>.<HMAC-SHA256>`.
///
/// Nothing is kept of it: the key's own secret signs it, so that it ends with the key, and a restart of the node does not
/// end it.
struct SessionToken: Hashable, Sendable {
    /// Half a day: a working day, and no stolen browser after it.
    static let secondCountMax: Int64 = 12 * 3_600

    let keyID: String
    /// In seconds since 1970.
    let expiresAt: Int64
    private let signature: String

    init(for key: AccessKey, now: Int64) {
        keyID = key.id
        expiresAt = now + Self.secondCountMax
        signature = Self.signature(keyID: keyID, expiresAt: expiresAt, secret: key.secret)
    }

    /// Reads a token; says nothing about its signature.
    init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let expiresAt = Int64(parts[1]) else { return nil }
        keyID = String(parts[0])
        self.expiresAt = expiresAt
        signature = String(parts[2])
    }

    var text: String { "\(keyID).\(expiresAt).\(signature)" }

    /// Whether the key signed it and it has not expired.
    func isValid(for key: AccessKey, now: Int64) -> Bool {
        expiresAt > now
            && Secret(text: Self.signature(keyID: keyID, expiresAt: expiresAt, secret: key.secret)).matches(signature)
    }

    private static func signature(keyID: String, expiresAt: Int64, secret: Secret) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("duet session\n\(keyID)\n\(expiresAt)".utf8), using: SymmetricKey(data: Data(secret.text.utf8)))
        return code.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
