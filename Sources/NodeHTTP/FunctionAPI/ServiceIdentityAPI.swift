internal import FunctionCore
package import FunctionService
package import FunctionTypes
internal import HTTPTypes

/// A service's identity on the ledger, without anything secret.
package struct ServiceIdentityDescription: Hashable, Sendable {
    package var service: ServiceName
    package var organization: OrganizationName
    /// Names the certificate among the service's own.
    package var certificateID: String
    package var mspID: String
    /// The certificate's common name.
    package var name: String
    /// Seconds since 1970.
    package var expiresAt: Int64
    /// PEM.
    package var certificate: String

    package init(
        service: ServiceName, organization: OrganizationName, certificateID: String, mspID: String, name: String,
        expiresAt: Int64, certificate: String
    ) {
        self.service = service
        self.organization = organization
        self.certificateID = certificateID
        self.mspID = mspID
        self.name = name
        self.expiresAt = expiresAt
        self.certificate = certificate
    }
}

/// Keeps services' identities.
package protocol ServiceIdentityKeeping: Sendable {
    /// The one in use; nil before the service first needed one.
    func description(
        of service: ServiceName, _ organization: OrganizationName
    ) async throws -> ServiceIdentityDescription?

    /// Gives the service its first identity, or a new one in the place of the one in use.
    func issue(_ service: ServiceName, _ organization: OrganizationName) async throws -> ServiceIdentityDescription
}

/// Services' identities in the JSON API.
package struct ServiceIdentityAPI: Sendable {
    private let functions: FunctionAPI
    private let platform: FunctionPlatform
    private let keeper: any ServiceIdentityKeeping

    package init(platform: FunctionPlatform, keeper: any ServiceIdentityKeeping) {
        functions = FunctionAPI(platform: platform)
        self.platform = platform
        self.keeper = keeper
    }

    package var group: APIGroup {
        APIGroup(
            name: "Service identities",
            routes: [
                APIRoute(
                    .get, "/api/services/{service}/identity", "getServiceIdentity",
                    "Who a service is on the ledger.",
                    parameters: [FunctionAPI.service, FunctionAPI.organization], answer: .json("ServiceIdentity")
                ) { call in
                    let (service, organization) = try service(call)
                    guard let description = try await keeper.description(of: service, organization) else {
                        throw APIError(
                            status: .notFound, code: "NoIdentity",
                            message:
                                "Service \"\(service)\" has no identity on the ledger yet: it gets one when a function of it "
                                + "first calls the ledger, or by \"duet function identity \(service) --renew\".")
                    }
                    return JSONAnswer.value(Self.json(description))
                },
                APIRoute(
                    .post, "/api/services/{service}/identity", "issueServiceIdentity",
                    "Give a service its first identity on the ledger, or a new certificate with a key of its own.",
                    role: .admin, parameters: [FunctionAPI.service, FunctionAPI.organization],
                    answer: .json("ServiceIdentity")
                ) { call in
                    let (service, organization) = try service(call)
                    return JSONAnswer.value(Self.json(try await keeper.issue(service, organization)))
                },
            ],
            schemas: Self.schemas, mapError: Self.apiError)
    }

    /// One that there is.
    private func service(_ call: APICall) throws(FunctionError) -> (ServiceName, OrganizationName) {
        let organization = try functions.organization(call)
        let name = try checked(ServiceName.self, call.path("service"))
        _ = try platform.registry.read { registry throws(FunctionError) in try registry.service(organization, name) }
        return (name, organization)
    }

    private static func apiError(_ error: any Error) -> APIError? {
        if let error = error as? NetworkIdentityError {
            return APIError(status: .conflict, code: "IdentityNotIssued", message: error.message)
        }
        return APIError(functions: error)
    }

    private static func json(_ description: ServiceIdentityDescription) -> JSONValue {
        [
            "service": .string(description.service.rawValue),
            "organization": .string(description.organization.rawValue),
            "certificateId": .string(description.certificateID), "mspId": .string(description.mspID),
            "name": .string(description.name),
            "expiresAt": .string(Timestamp(seconds: description.expiresAt).iso8601),
            "certificate": .string(description.certificate),
        ]
    }

    private static let schemas: [String: JSONValue] = [
        "ServiceIdentity": [
            "type": "object",
            "required": ["service", "organization", "certificateId", "mspId", "name", "expiresAt", "certificate"],
            "properties": [
                "service": ["type": "string"], "organization": ["type": "string"],
                "certificateId": ["type": "string"], "mspId": ["type": "string"], "name": ["type": "string"],
                "expiresAt": ["type": "string", "format": "date-time"],
                "certificate": ["type": "string", "description": "PEM."],
            ],
        ]
    ]
}
