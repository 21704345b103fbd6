internal import Crypto
internal import Foundation
internal import FunctionTypes
internal import HTTPTypes

/// Decides who calls Lambda's API: an access key by Signature Version 4 or as bearer, or nobody on loopback.
///
/// Source: AWS, "Signature Version 4": canonical request, string to sign, derived key.
struct LambdaAccess: Sendable {
    private static let scheme = "AWS4-HMAC-SHA256"

    let functions: FunctionAccess

    /// The organisation of a caller who may invoke.
    func caller(of request: IncomingRequest, body: [UInt8]) throws(FunctionError) -> OrganizationName {
        guard let authorization = request.headers[.authorization], authorization.hasPrefix(Self.scheme) else {
            return try functions.caller(of: request, atLeast: .user, signsQuery: false).organization
        }
        let key = try verify(authorization, request, body: body)
        guard key.role >= .user else {
            throw FunctionError(
                .accessDenied, "The access key has the role \"\(key.role.rawValue)\"; this call needs \"user\".")
        }
        do throws(InvalidResourceName) {
            return try OrganizationName(validating: key.organization)
        } catch {
            throw FunctionError(.invalidArgument, error.description)
        }
    }

    private func verify(
        _ authorization: String, _ request: IncomingRequest, body: [UInt8]
    ) throws(FunctionError) -> AccessKey {
        let parts = Self.parts(of: authorization.dropFirst(Self.scheme.count))
        let scope = (parts["Credential"] ?? "").split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard scope.count == 5, scope[4] == "aws4_request", let signature = parts["Signature"],
            let names = parts["SignedHeaders"]?.split(separator: ";").map(String.init),
            let date = request.headers[.lambdaDate]
        else {
            throw FunctionError(
                .missingRequiredHeader,
                "The signature cannot be read: \"Authorization: \(Self.scheme) Credential=…, SignedHeaders=…, Signature=…\" and \"X-Amz-Date\" are needed."
            )
        }
        guard names.contains("host"), names.contains("x-amz-date") else {
            throw FunctionError(.signatureNotMatch, "The signature must cover \"host\" and \"x-amz-date\".")
        }
        try checkTime(date, scopeDate: scope[1])
        guard let key = functions.control.keys.accessKey(id: scope[0]) else {
            throw FunctionError(
                .invalidAccessKeyID, "Access key \"\(scope[0].prefix(128))\" is not known on this node.")
        }
        let canonical = [
            request.method.rawValue, Self.encoded(request.target.rawPath, keeping: "/"), Self.query(of: request),
            names.map { "\($0):\(Self.value(of: $0, request))\n" }.joined(), names.joined(separator: ";"),
            Self.hex(SHA256.hash(data: body)),
        ].joined(separator: "\n")
        let text = [
            Self.scheme, date, scope[1...].joined(separator: "/"), Self.hex(SHA256.hash(data: Array(canonical.utf8))),
        ].joined(separator: "\n")
        var derived = SymmetricKey(data: Array("AWS4\(key.secret.text)".utf8))
        for part in scope[1...] {
            derived = SymmetricKey(
                data: Array(HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: derived)))
        }
        guard let code = Self.bytes(signature),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(text.utf8), using: derived)
        else {
            throw FunctionError(
                .signatureNotMatch,
                "The signature does not match. Check the secret of access key \"\(key.id)\".")
        }
        return key
    }

    /// `20260102T030405Z`, not far from now, and of the day that the key was derived for.
    private func checkTime(_ date: String, scopeDate: String) throws(FunctionError) {
        let digits = date.utf8.filter { ServiceName.isDigit($0) }.map { Int64($0 - UInt8(ascii: "0")) }
        guard date.utf8.count == 16, digits.count == 14, date.hasPrefix(scopeDate), scopeDate.utf8.count == 8 else {
            throw FunctionError(
                .missingRequiredHeader,
                "X-Amz-Date is \"\(date.prefix(40))\": write it as 20260102T030405Z, and the same day in the credential."
            )
        }
        func number(_ range: Range<Int>) -> Int { Int(digits[range].reduce(0) { $0 * 10 + $1 }) }
        var components = DateComponents()
        (components.year, components.month, components.day) = (number(0..<4), number(4..<6), number(6..<8))
        (components.hour, components.minute, components.second) = (number(8..<10), number(10..<12), number(12..<14))
        components.timeZone = TimeZone(secondsFromGMT: 0)
        guard let signed = Calendar(identifier: .gregorian).date(from: components),
            abs(signed.timeIntervalSince(functions.now())) <= FunctionAccess.clockSkewSecondsMax
        else {
            throw FunctionError(
                .accessDenied,
                "X-Amz-Date is \"\(date)\", more than 15 minutes from this node's clock. Set the clock right.")
        }
    }

    // The canonical request.

    private static func parts(of text: Substring) -> [String: String] {
        var parts: [String: String] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { parts[pair[0].trimmingCharacters(in: .whitespaces)] = String(pair[1]) }
        }
        return parts
    }

    private static func query(of request: IncomingRequest) -> String {
        request.target.queryItems.map { (encoded($0.name), encoded($0.value)) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    private static func value(of name: String, _ request: IncomingRequest) -> String {
        if name == "host" { return request.hostText }
        guard let field = HTTPField.Name(name) else { return "" }
        return request.headers[values: field].map { value in
            value.split(separator: " ").joined(separator: " ")
        }.joined(separator: ",")
    }

    /// Everything but RFC 3986's unreserved characters as `%XX`. A path is encoded once more than it was sent.
    private static func encoded(_ text: String, keeping kept: String = "") -> String {
        var output = ""
        for byte in text.utf8 {
            if ServiceName.isLetter(byte) || ServiceName.isDigit(byte) || "-_.~".utf8.contains(byte)
                || kept.utf8.contains(byte)
            {
                output.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                output += "%" + hex([byte]).uppercased()
            }
        }
        return output
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        guard hex.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var rest = Substring(hex)
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
