/// The identities that a node keeps for organisations of a development network.
package protocol NetworkIdentities: Sendable {
    /// The members of an organisation, by name. Throws where its folder cannot be read.
    func identities(of organization: String) async throws -> [NetworkIdentity]

    /// Makes a new member with a key of its own, durably.
    ///
    /// - Throws: ``NetworkIdentityError``.
    func create(_ request: NetworkIdentityRequest, in organization: String) async throws -> NetworkIdentity
}

/// What a new identity is to be.
package struct NetworkIdentityRequest: Hashable, Sendable {
    /// With or without the organisation's domain: `User2` or `User2@org1.example.com`.
    package var name: String
    package var role: NetworkIdentity.Role
    /// Organisational units besides the role's.
    package var units: [String]
    /// What contracts decide by, as Fabric CA writes them into certificates.
    package var attributes: [String: String]
    /// Seconds from now until it expires; nil for ten years.
    package var validitySeconds: Int64?

    package init(
        name: String, role: NetworkIdentity.Role = .client, units: [String] = [], attributes: [String: String] = [:],
        validitySeconds: Int64? = nil
    ) {
        self.name = name
        self.role = role
        self.units = units
        self.attributes = attributes
        self.validitySeconds = validitySeconds
    }
}

/// A member of an organisation.
package struct NetworkIdentity: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, CaseIterable {
        case client, admin, peer, orderer
    }

    /// The common name: `User1@org1.example.com`.
    package let name: String
    package let organization: String
    package let role: Role
    /// Organisational units besides the role's.
    package let units: [String]
    package let attributes: [String: String]
    /// In seconds since 1970.
    package let expiresAt: Int64
    /// Its certificate as PEM text.
    package let certificate: String
    /// The folder with its certificate and key, for Fabric's tools and SDKs.
    package let mspFolder: String

    package init(
        name: String, organization: String, role: Role, units: [String], attributes: [String: String], expiresAt: Int64,
        certificate: String, mspFolder: String
    ) {
        self.name = name
        self.organization = organization
        self.role = role
        self.units = units
        self.attributes = attributes
        self.expiresAt = expiresAt
        self.certificate = certificate
        self.mspFolder = mspFolder
    }
}

/// Why an identity is not made.
package struct NetworkIdentityError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case organizationUnknown
        case nameInvalid
        /// Its units, attributes or validity.
        case requestInvalid
        case exists
        /// The organisation has as many as a node keeps.
        case tooMany
        case storage
    }

    package let code: Code
    /// A whole sentence.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
