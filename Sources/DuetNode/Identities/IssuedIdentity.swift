internal import FabricTypes
package import Membership
package import NodeHTTP

/// A member of an organisation whose key this node keeps.
package struct IssuedIdentity: Sendable {
    package let description: NetworkIdentity
    /// Its certificate, its key and its organisation's authorities.
    package let msp: MSPFolder
    /// Nil if it has no TLS files.
    package let tls: OrganizationFolder.TLSFiles?

    /// - Throws: ``NetworkIdentityError`` `storage` if its certificate cannot be read.
    init(
        _ member: OrganizationFolder.Member, organization: String, path: String
    ) throws(NetworkIdentityError) {
        guard let text = member.msp.pemFiles(in: "signcerts").first,
            let certificate = try? Certificate(pemText: text)
        else {
            throw NetworkIdentityError(
                .storage,
                "The identity \"\(member.name)\" has no certificate that can be read in \"\(path)/msp/signcerts\". Restore "
                    + "the folder from a copy, or remove it.")
        }
        let units = certificate.subjectName.organizationalUnits.map(\.lossyText)
        // The first unit that is a role's; an identity without any is a member and nothing else.
        let role = units.lazy.compactMap { NetworkIdentity.Role(rawValue: $0) }.first
        description = NetworkIdentity(
            name: certificate.subjectName.commonName.lossyText, organization: organization, role: role ?? .client,
            units: units.filter { $0 != role?.rawValue },
            // Attributes of another shape are for contracts of another shape.
            attributes: (try? certificate.fabricAttributes())?.attributes ?? [:],
            expiresAt: certificate.notAfter, certificate: text.lossyText, mspFolder: "\(path)/msp")
        msp = member.msp
        tls = member.tls
    }

    /// To sign with.
    ///
    /// - Throws: ``NetworkIdentityError`` `storage` if the folder's key is missing or another's, or the certificate is not
    ///   valid any more.
    package func signingIdentity(signatures: SignatureTable? = nil) throws(NetworkIdentityError) -> SigningIdentity {
        do {
            return try msp.signingIdentity(
                mspID: try MSPID(validating: description.organization), signatures: signatures)
        } catch {
            throw NetworkIdentityError(
                .storage, "The identity \"\(description.name)\" cannot sign. \(error)")
        }
    }
}

extension NetworkIdentity.Role {
    var mspRole: MSPRole.Role {
        switch self {
        case .client: .client
        case .admin: .admin
        case .peer: .peer
        case .orderer: .orderer
        }
    }
}
