internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore

/// Logins of browsers in the JSON API, under `/api/session`: an access key is shown once, a cookie from then on.
package struct SessionAPI: Sendable {
    /// The cookie's name.
    static let cookieName = "duet-session"

    private let access: AccessControl

    package init(access: AccessControl) {
        self.access = access
    }

    package var group: APIGroup {
        APIGroup(name: "Session", routes: routes, schemas: SessionSchemas.all)
    }

    private var routes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/session", "getSession", "Tell who calls, and what the caller may do.",
                answer: .json("Session")
            ) { call in JSONAnswer.value(Self.describe(call.caller)) },
            APIRoute(
                .post, "/api/session", "openSession",
                "Log in: answers a call that bears an access key with a cookie that stands for it for twelve hours. Scripts cannot read the cookie, and other sites cannot send it.",
                answer: .json("Session")
            ) { call in
                guard case .accessKey(let id) = call.caller.credential, let key = access.keys.accessKey(id: id) else {
                    throw APIError(
                        status: .badRequest, code: "AccessKeyNeeded",
                        message: "A login needs an access key: send \"Authorization: Bearer <id>.<secret>\".")
                }
                let token = SessionToken(for: key, now: access.now())
                var response = JSONAnswer.value(Self.describe(call.caller))
                response.headers[.setCookie] = Self.cookie(
                    token.text, seconds: SessionToken.secondCountMax, isSecure: Self.isSecure(call.request))
                return response
            },
            APIRoute(
                .delete, "/api/session", "closeSession", "Log out: the browser forgets its cookie.", answer: .nothing
            ) { call in
                var response = Response(status: .noContent)
                response.headers[.setCookie] = Self.cookie("", seconds: 0, isSecure: Self.isSecure(call.request))
                return response
            },
        ]
    }

    private static let forwardedScheme = HTTPField.Name("x-forwarded-proto")

    /// Whether the browser's own connection has TLS; a proxy tells. Who lies here weakens nothing but the own cookie.
    private static func isSecure(_ request: IncomingRequest) -> Bool {
        request.isSecure || forwardedScheme.flatMap { request.headers[$0] } == "https"
    }

    private static func cookie(_ value: String, seconds: Int64, isSecure: Bool) -> String {
        "\(cookieName)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }

    private static func describe(_ caller: Caller) -> JSONValue {
        let credential: JSONValue
        var id: JSONValue = .null
        switch caller.credential {
        case .loopback: credential = "loopback"
        case .accessKey(let keyID):
            credential = "accessKey"
            id = .string(keyID)
        }
        return [
            "organization": .string(caller.organization), "role": .string(caller.role.rawValue),
            "credential": credential, "accessKeyId": id,
        ]
    }
}

private enum SessionSchemas: JSONSchemas {
    static let all: [String: JSONValue] = [
        "Session": object(
            required: ["organization", "role", "credential"],
            [
                "organization": text, "role": ["type": "string", "enum": ["admin", "user", "reader"]],
                "credential": ["type": "string", "enum": ["loopback", "accessKey"]],
                "accessKeyId": ["type": ["string", "null"]],
            ])
    ]
}
