internal import Crypto
internal import FunctionTypes
internal import HTTPTypes
internal import LogCore

/// Verifies the log service's signatures, versions 1 and 4.
///
/// Both cover the method, the decoded path and query, some headers, and a digest of the body as it was sent. A signature is
/// good for 15 minutes around the time it names.
struct SLSSignature {
    /// Difference between a request's time and ours, either way.
    static let timeDifferenceMax: Int64 = 900

    let keys: any AccessKeyStore
    let now: LogTime

    /// - Returns: The key that signed the request.
    /// - Throws: ``SLSError`` with the service's code for what does not fit.
    func verify(_ request: IncomingRequest, body: [UInt8]) throws(SLSError) -> AccessKey {
        let authorization = request.headers[.authorization] ?? ""
        if authorization.hasPrefix("LOG ") {
            return try verifyVersion1(request, String(authorization.dropFirst(4)), body: body)
        }
        if authorization.hasPrefix("SLS4-HMAC-SHA256 ") {
            return try verifyVersion4(request, String(authorization.dropFirst("SLS4-HMAC-SHA256 ".count)), body: body)
        }
        throw SLSError(
            status: .unauthorized, code: .unauthorized,
            message: "The request is not signed: \"Authorization\" must begin with \"LOG \" or \"SLS4-HMAC-SHA256 \".")
    }

    // MARK: Version 1

    private func verifyVersion1(_ request: IncomingRequest, _ text: String, body: [UInt8]) throws(SLSError) -> AccessKey
    {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let signature = Base64.decode(String(parts[1])) else { throw Self.malformed }
        let key = try key(String(parts[0]))
        let md5 = request.headers[.contentMD5] ?? ""
        // The signature covers the header; the header must be the body's.
        guard body.isEmpty || md5.uppercased() == Self.hex(Insecure.MD5.hash(data: body)).uppercased() else {
            throw SLSError(
                status: .badRequest, code: .invalidContentMD5, message: "\"Content-MD5\" is not the MD5 of the body.")
        }
        let date = request.headers[.date] ?? request.headers[.logDate] ?? ""
        try checkTime(HTTPDate.parse(date))
        // The official client adds `x-log-date` after it has signed; others may sign it.
        for leavesOutDate in [true, false] {
            let signed = Self.stringToSign1(request, md5: md5, date: date, leavesOutDate: leavesOutDate)
            let mac = HMAC<Insecure.SHA1>.authenticationCode(
                for: Array(signed.utf8), using: SymmetricKey(data: Array(key.secret.text.utf8)))
            if Self.isEqual(Array(mac), signature) { return key }
        }
        throw Self.mismatch
    }

    static func stringToSign1(_ request: IncomingRequest, md5: String, date: String, leavesOutDate: Bool) -> String {
        var text = "\(request.method.rawValue)\n\(md5)\n\(request.headers[.contentType] ?? "")\n\(date)\n"
        for (name, value) in signedFields(of: request) where !(leavesOutDate && name == "x-log-date") {
            text += "\(name):\(value)\n"
        }
        text += request.target.path
        let items = request.target.queryItems.map { "\($0.name)=\($0.value)" }.sorted { Self.precedes($0, $1) }
        return items.isEmpty ? text : text + "?" + items.joined(separator: "&")
    }

    // MARK: Version 4

    private func verifyVersion4(_ request: IncomingRequest, _ text: String, body: [UInt8]) throws(SLSError) -> AccessKey
    {
        var fields: [Substring: Substring] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { throw Self.malformed }
            fields[pair[0].drop { $0 == " " }] = pair[1]
        }
        guard let credential = fields["Credential"], let signature = fields["Signature"] else { throw Self.malformed }
        let scope = credential.split(separator: "/", maxSplits: 1)
        let scopeParts = scope.count == 2 ? scope[1].split(separator: "/", omittingEmptySubsequences: false) : []
        guard scopeParts.count == 4, scopeParts[2] == "sls", scopeParts[3] == "aliyun_v4_request" else {
            throw Self.malformed
        }
        let key = try key(String(scope[0]))
        let bodyHash = Self.hex(SHA256.hash(data: body))
        guard (request.headers[.logContentHash] ?? "").lowercased() == bodyHash else {
            throw SLSError(
                status: .badRequest, code: .postBodyInvalid,
                message: "\"x-log-content-sha256\" is not the SHA-256 of the body.")
        }
        let date = request.headers[.logDate] ?? ""
        try checkTime(Self.parseCompactTime(date))
        guard date.hasPrefix(scopeParts[0]) else { throw Self.malformed }
        let canonical = Self.canonicalRequest4(request, bodyHash: bodyHash)
        let toSign =
            "SLS4-HMAC-SHA256\n\(date)\n\(scope[1])\n" + Self.hex(SHA256.hash(data: Array(canonical.utf8)))
        var mac = Array(("aliyun_v4" + key.secret.text).utf8)
        for part in scopeParts.map(String.init) + [toSign] {
            mac = Array(
                HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: SymmetricKey(data: mac)))
        }
        guard Self.isEqual(Array(Self.hex(mac).utf8), Array(signature.lowercased().utf8)) else { throw Self.mismatch }
        return key
    }

    static func canonicalRequest4(_ request: IncomingRequest, bodyHash: String) -> String {
        var query: [String: String] = [:]
        for item in request.target.queryItems { query[item.name] = PercentCoding.encode(item.value) }
        let queryText = query.sorted { precedes($0.key, $1.key) }
            .map { $0.value.isEmpty ? $0.key : "\($0.key)=\($0.value)" }.joined(separator: "&")
        var fields = signedFields(of: request)
        if let type = request.headers[.contentType] { fields.append(("content-type", type)) }
        fields.append(("host", request.hostText))
        fields.sort { precedes($0.name, $1.name) }
        let fieldText = fields.map { "\($0.name):\(trimmed($0.value))\n" }.joined()
        let names = fields.map(\.name).joined(separator: ";")
        return "\(request.method.rawValue)\n\(request.target.path)\n\(queryText)\n\(fieldText)\n\(names)\n\(bodyHash)"
    }

    // MARK: Parts

    /// The service's own headers, by name.
    private static func signedFields(of request: IncomingRequest) -> [(name: String, value: String)] {
        request.headers.map { ($0.name.canonicalName, $0.value) }
            .filter { ($0.0.hasPrefix("x-log-") && !$0.0.hasPrefix("x-log-meta-")) || $0.0.hasPrefix("x-acs-") }
            .sorted { precedes($0.0, $1.0) }
    }

    private func key(_ id: String) throws(SLSError) -> AccessKey {
        guard let key = keys.accessKey(id: id) else {
            throw SLSError(
                status: .unauthorized, code: .unauthorized,
                message: "The access key \"\(id.prefix(128))\" is not known.")
        }
        return key
    }

    private func checkTime(_ time: LogTime?) throws(SLSError) {
        guard let time else {
            throw SLSError(
                status: .badRequest, code: .invalidDateFormat,
                message: "The request's date is missing or not understood.")
        }
        guard abs(time.seconds - now.seconds) <= Self.timeDifferenceMax else {
            throw SLSError(
                status: .badRequest, code: .requestTimeExpired,
                message:
                    "The request's date differs from the node's time \(CalendarTime.format(now)) by more than 15 minutes."
            )
        }
    }

    /// `20240201T030405Z`
    private static func parseCompactTime(_ text: String) -> LogTime? {
        let digits = Array(text)
        guard digits.count == 16, digits[8] == "T", digits[15] == "Z" else { return nil }
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return CalendarTime.parse(
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
    }

    private static let malformed = SLSError(
        status: .badRequest, code: .invalidAuthorization, message: "\"Authorization\" is not of a known form.")
    private static let mismatch = SLSError(
        status: .forbidden, code: .signatureNotMatch,
        message:
            "The signature does not match: check the access key's secret and that nothing changed the request on its way."
    )

    /// Order by bytes, as the client sorts.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    /// Takes the same time wherever the bytes differ.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
