internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore

/// Access keys in the JSON API, under `/api/keys`. For admins; a secret is told once, when the key is made.
package struct AccessKeyAPI: Sendable {
    private let keys: any AccessKeyKeeping

    package init(keys: any AccessKeyKeeping) {
        self.keys = keys
    }

    package var group: APIGroup {
        APIGroup(name: "Access keys", routes: routes, schemas: AccessKeySchemas.all)
    }

    private static let organization = APIRoute.Parameter.query(
        "organization", "Whose keys are meant; only calls on loopback without a key may choose.")

    private var routes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/keys", "listAccessKeys", "List the organisation's access keys, without their secrets.",
                role: .admin, parameters: [Self.organization], answer: .list("AccessKey")
            ) { call in
                JSONAnswer.value(.array(keys.accessKeys(of: call.organization).map { .object(Self.members($0)) }))
            },
            APIRoute(
                .post, "/api/keys", "makeAccessKey", "Make an access key.", role: .admin,
                parameters: [Self.organization], body: "AccessKeySettings", answer: .json("NewAccessKey")
            ) { call in
                let text = try await call.json()["role"]?.stringValue ?? AccessKey.Role.user.rawValue
                guard let role = AccessKey.Role(rawValue: text) else {
                    throw APIError.invalid("\"role\" is \"\(text.prefix(40))\": use admin, user or reader.")
                }
                let key = try await keys.makeAccessKey(for: call.organization, role: role)
                var members = Self.members(key)
                members["secret"] = .string(key.secret.text)
                return JSONAnswer.value(.object(members))
            },
            APIRoute(
                .delete, "/api/keys/{id}", "removeAccessKey",
                "Remove an access key; calls with it are refused at once.",
                role: .admin, parameters: [.path("id", "Id of the key."), Self.organization], answer: .nothing
            ) { call in
                guard try await keys.removeAccessKey(id: call.path("id"), of: call.organization) != nil else {
                    throw APIError(
                        status: .notFound, code: "AccessKeyNotFound",
                        message:
                            "Organisation \"\(call.organization)\" has no access key \"\(call.path("id").prefix(128))\"."
                    )
                }
                return Response(status: .noContent)
            },
        ]
    }

    private static func members(_ key: AccessKey) -> [String: JSONValue] {
        ["id": .string(key.id), "organization": .string(key.organization), "role": .string(key.role.rawValue)]
    }
}

private enum AccessKeySchemas: JSONSchemas {
    static let all: [String: JSONValue] = [
        "AccessKey": object(required: ["id", "organization", "role"], members),
        "NewAccessKey": object(
            required: ["id", "secret", "organization", "role"],
            members.merging(["secret": text], uniquingKeysWith: { first, _ in first })),
        "AccessKeySettings": object(required: [], ["role": role]),
    ]

    private static let role: JSONValue = ["type": "string", "enum": ["admin", "user", "reader"]]
    private static let members: [String: JSONValue] = ["id": text, "organization": text, "role": role]
}
