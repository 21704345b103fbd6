internal import FoundationEssentials
internal import HTTPTypes

/// Decides who calls: an access key as bearer, a browser after its login, or nobody on loopback.
///
/// Signed calls of Function Compute and of the log service are checked by their surfaces, which look the key up in ``keys``.
package struct AccessControl: Sendable {
    package let keys: any AccessKeyStore
    /// The organisation that callers without credential act for as its admin; nil when every call needs a key.
    package let anonymousOrganization: String?
    /// Seconds since 1970, by which logins expire.
    let now: @Sendable () -> Int64

    package init(
        keys: any AccessKeyStore, anonymousOrganization: String?,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) {
        self.keys = keys
        self.anonymousOrganization = anonymousOrganization
        self.now = now
    }

    /// The caller of the JSON API: `Authorization: Bearer <id>.<secret>`, else ``sessionCaller(of:)``, else
    /// ``anonymousCaller(of:)``.
    package func caller(of request: IncomingRequest) throws(AccessRefusal) -> Caller {
        guard let authorization = request.headers[.authorization] else {
            if let caller = sessionCaller(of: request) ?? anonymousCaller(of: request) { return caller }
            throw AccessRefusal(
                code: .credentialMissing,
                message: "This call needs an access key: send \"Authorization: Bearer <id>.<secret>\".")
        }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer",
            let dot = parts[1].firstIndex(of: "."),
            let key = keys.accessKey(id: String(parts[1][..<dot])),
            key.secret.matches(String(parts[1][parts[1].index(after: dot)...]))
        else {
            throw AccessRefusal(
                code: .credentialWrong,
                message: "The access key is not known or its secret is wrong. The header reads "
                    + "\"Authorization: Bearer <id>.<secret>\".")
        }
        return Caller(key: key)
    }

    /// Whom a browser's cookie stands for after a login, for a request that cannot come from a stranger's web page; nil
    /// without one, or when it has expired or its key is gone.
    package func sessionCaller(of request: IncomingRequest) -> Caller? {
        guard let token = Self.sessionToken(request.headers), isSameOrigin(request, scheme: nil),
            let key = keys.accessKey(id: token.keyID), token.isValid(for: key, now: now())
        else { return nil }
        return Caller(key: key)
    }

    private static func sessionToken(_ headers: HTTPFields) -> SessionToken? {
        for header in headers[values: .cookie] {
            for cookie in header.split(separator: ";") {
                let parts = cookie.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].filter({ $0 != " " }) == SessionAPI.cookieName else { continue }
                return SessionToken(text: String(parts[1]))
            }
        }
        return nil
    }

    /// The default organisation's admin, for a request from this machine that cannot come from a stranger's web page or
    /// through a proxy; nil otherwise.
    ///
    /// Loopback address, loopback `Host`, no forwarding header, and, where a browser says where the request comes from,
    /// the same origin.
    package func anonymousCaller(of request: IncomingRequest) -> Caller? {
        guard let anonymousOrganization, request.peer.isLoopback, request.hostStanding == .loopback,
            !Self.forwardingFields.contains(where: { request.headers.contains($0) }),
            isSameOrigin(request, scheme: request.isSecure ? "https" : "http")
        else { return nil }
        return Caller(credential: .loopback, organization: anonymousOrganization, role: .admin)
    }

    private static let forwardingFields = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .compactMap { HTTPField.Name($0) }
    private static let fetchSite = HTTPField.Name("sec-fetch-site")

    /// - Parameter scheme: what the origin must begin with; nil for any, since before a proxy with TLS it is another.
    private func isSameOrigin(_ request: IncomingRequest, scheme: String?) -> Bool {
        if let name = Self.fetchSite, let site = request.headers[name], site == "cross-site" || site == "same-site" {
            return false
        }
        guard let origin = request.headers[.origin] else { return true }
        let schemes = scheme.map { [$0] } ?? ["http", "https"]
        return schemes.contains { origin.lowercased() == "\($0)://\(request.hostText.lowercased())" }
    }
}
