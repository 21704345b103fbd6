package import FunctionTypes
package import Membership
package import TriggerCore

/// Who a service is on the ledger: a certificate of its organisation with its key, and the secret of its transactions' ids.
package struct ServiceIdentity: Sendable {
    /// Names the certificate among the service's own; see ``ServiceIdentities/identity(of:_:certificateID:)``.
    package var certificateID: String
    package var signer: SigningIdentity
    package var secret: ServiceSecret

    package init(certificateID: String, signer: SigningIdentity, secret: ServiceSecret) {
        self.certificateID = certificateID
        self.signer = signer
        self.secret = secret
    }
}

/// The identities of services, made on first use.
package protocol ServiceIdentities: Sendable {
    /// The one in use.
    ///
    /// - Throws: whole sentences, where the organisation's identities are not issued here.
    func identity(of service: ServiceName, _ organization: OrganizationName) async throws -> ServiceIdentity

    /// An earlier one, for an answer that began under it.
    ///
    /// - Throws: where it is gone.
    func identity(
        of service: ServiceName, _ organization: OrganizationName, certificateID: String
    ) async throws -> ServiceIdentity
}
