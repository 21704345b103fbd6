internal import Crypto
internal import Foundation
internal import HTTPTypes

/// Function Compute's request signature: HMAC-SHA256 over method, a few headers, and the path as received.
///
/// Calls under `/proxy/` sign the query as well, management calls do not.
struct FunctionSignature {
    /// `Authorization: FC <id>:<signature>`.
    struct Credential: Hashable {
        var keyID: String
        var signature: String

        /// Nil if the header is of another scheme.
        init?(authorization: String) {
            guard authorization.hasPrefix("FC ") else { return nil }
            let parts = authorization.dropFirst(3).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { return nil }
            keyID = String(parts[0])
            signature = parts[1].trimmingCharacters(in: .whitespaces)
        }

        init(keyID: String, signature: String) {
            self.keyID = keyID
            self.signature = signature
        }
    }

    static let expiresName = "x-fc-expires"
    static let keyIDName = "x-fc-access-key-id"
    static let signatureName = "x-fc-signature"

    /// What is signed.
    ///
    /// - Parameters:
    ///   - date: the `Date` header, or the expiry of a presigned address.
    ///   - query: the parts to sign; nil for calls that sign none.
    static func stringToSign(
        method: String, path: String, date: String, headers: HTTPFields, query: [RequestTarget.QueryItem]?
    ) -> String {
        var names: [String: [String]] = [:]
        for field in headers where field.name.canonicalName.hasPrefix("x-fc-") {
            names[field.name.canonicalName, default: []].append(field.value)
        }
        let canonical = names.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.joined(separator: ","))\n" }
            .joined()
        var resource = path
        if let query {
            let lines = query.map { $0.hasValue ? "\($0.name)=\($0.value)" : $0.name }
            // The break stands there even without a query.
            resource += "\n" + lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: "\n")
        }
        let md5 = HTTPField.Name("content-md5").flatMap { headers[$0] } ?? ""
        return [method, md5, headers[.contentType] ?? "", date, canonical + resource].joined(separator: "\n")
    }

    /// Takes the same time wherever the signatures differ.
    static func isValid(_ signature: String, of text: String, secret: Secret) -> Bool {
        guard let code = Data(base64Encoded: signature) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Data(text.utf8), using: SymmetricKey(data: Data(secret.text.utf8)))
    }
}
