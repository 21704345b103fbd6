internal import FabricTypes
internal import FunctionTypes
internal import Membership
internal import NodeHTTP
internal import TriggerService

extension ServiceIdentityKeeper: ServiceIdentityKeeping {
    func description(
        of service: ServiceName, _ organization: OrganizationName
    ) async throws -> ServiceIdentityDescription? {
        guard let current = try certificateIDs(of: service, organization).last else { return nil }
        return Self.describe(
            try await identity(of: service, organization, certificateID: current), service, organization)
    }

    func issue(_ service: ServiceName, _ organization: OrganizationName) async throws -> ServiceIdentityDescription {
        Self.describe(try await renew(service, organization), service, organization)
    }

    private static func describe(
        _ identity: ServiceIdentity, _ service: ServiceName, _ organization: OrganizationName
    ) -> ServiceIdentityDescription {
        let certificate = identity.signer.certificate
        return ServiceIdentityDescription(
            service: service, organization: organization, certificateID: identity.certificateID,
            mspID: identity.signer.mspID.rawValue, name: certificate.subjectName.commonName.lossyText,
            expiresAt: certificate.notAfter, certificate: certificate.pemText.lossyText)
    }
}
