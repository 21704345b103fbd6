internal import Crypto
internal import FoundationEssentials
internal import FunctionTypes

/// Signs what goes to a sink as the Standard Webhooks specification (https://www.standardwebhooks.com) says: receivers can check
/// with any of its libraries.
enum DeliverySignature {
    /// - Parameters:
    ///   - secret: `whsec_` and base64, or any text, whose UTF-8 is the key.
    ///   - id: the first event's.
    ///   - seconds: since 1970.
    /// - Returns: the headers to send along.
    static func headers(secret: String, id: String, seconds: Int64, body: [UInt8]) -> [(String, String)] {
        let encoded = secret.hasPrefix("whsec_") ? Base64.decode(String(secret.dropFirst(6))) : nil
        var hmac = HMAC<SHA256>(key: SymmetricKey(data: encoded ?? Array(secret.utf8)))
        hmac.update(data: Array("\(id).\(seconds).".utf8))
        hmac.update(data: body)
        return [
            ("webhook-id", id), ("webhook-timestamp", String(seconds)),
            ("webhook-signature", "v1,\(Base64.encode(Array(hmac.finalize())))"),
        ]
    }
}
