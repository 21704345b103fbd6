internal import FunctionTypes
internal import HTTPTypes

extension NetworkAPI {
    /// An identity's longest life that fits the arithmetic; the node's own bound is far below.
    private static let validDaysMax: Int64 = 1_000_000

    var identityRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/identities", "listIdentities", "List the organisation's identities that this node keeps.",
                parameters: [Self.organization],
                answer: .list("Identity")
            ) { call in
                let identities = try await keptIdentities().identities(of: organization(call))
                return JSONAnswer.value(.array(identities.map { Self.describe($0) }))
            },
            APIRoute(
                .post, "/api/identities", "createIdentity",
                "Make a new identity of the organisation, with a key of its own.", role: .admin,
                parameters: [Self.organization],
                body: "IdentityRequest",
                answer: .json("Identity")
            ) { call in
                let request = try Self.identityRequest(try await call.json())
                let identity = try await keptIdentities().create(request, in: organization(call))
                return JSONAnswer.value(Self.describe(identity))
            },
        ]
    }

    private func keptIdentities() throws -> any NetworkIdentities {
        guard let identities = network.identities else {
            throw APIError(
                status: .notFound, code: "NoIdentities",
                message: "This node keeps no keys of organisations: ask the organisation's certificate authority.")
        }
        return identities
    }

    private static func identityRequest(_ body: NetworkJSON) throws(APIError) -> NetworkIdentityRequest {
        guard let name = body["name"]?.stringValue else {
            throw APIError.invalid("\"name\" is needed: give a name such as \"User2\".")
        }
        let roleText = body["role"]?.stringValue ?? "client"
        guard let role = NetworkIdentity.Role(rawValue: roleText) else {
            let roles = NetworkIdentity.Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError.invalid("\"role\" is \"\(roleText.prefix(40))\": give one of \(roles).")
        }
        var request = NetworkIdentityRequest(name: name, role: role)
        if let units = body["units"] {
            guard let texts = units.arrayValue?.map(\.stringValue), !texts.contains(nil) else {
                throw APIError.invalid("\"units\" is a list of texts, such as [\"sales\"].")
            }
            request.units = texts.compactMap { $0 }
        }
        if let attributes = body["attributes"] {
            guard let members = attributes.objectValue, members.values.allSatisfy({ $0.stringValue != nil }) else {
                throw APIError.invalid("\"attributes\" is an object of texts, such as {\"grade\": \"3\"}.")
            }
            request.attributes = members.compactMapValues(\.stringValue)
        }
        if let days = body["validDays"] {
            guard let count = days.integerValue, (1...validDaysMax).contains(count) else {
                throw APIError.invalid("\"validDays\" is a whole number of days from 1 on.")
            }
            request.validitySeconds = count * 86_400
        }
        return request
    }

    private static func describe(_ identity: NetworkIdentity) -> NetworkJSON {
        [
            "name": .string(identity.name), "organization": .string(identity.organization),
            "role": .string(identity.role.rawValue),
            "units": .array(identity.units.map { .string($0) }),
            "attributes": .object(identity.attributes.mapValues { .string($0) }),
            "expiresAt": .string(NetworkText.time(seconds: identity.expiresAt)),
            "certificate": .string(identity.certificate),
            "mspFolder": .string(identity.mspFolder),
        ]
    }
}
