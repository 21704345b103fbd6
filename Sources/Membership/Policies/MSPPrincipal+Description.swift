package import FabricTypes

extension MSPPrincipal {
    /// The organisation whose identities alone can satisfy the principal; nil where it does not name exactly one.
    package var mspID: MSPID? {
        // A principal that does not decode names nobody; whoever evaluates it refuses it.
        switch classification {
        case Classification.role:
            (try? MSPRole(decoding: principal)).map { MSPID(unchecked: $0.mspIdentifier) }
        case Classification.organizationUnit:
            (try? OrganizationUnit(decoding: principal)).map { MSPID(unchecked: $0.mspID) }
        case Classification.identity:
            (try? SerializedIdentity(decoding: principal)).map { MSPID(unchecked: $0.mspID) }
        default:
            nil
        }
    }

    /// The role, if the principal is a role that we know.
    package var role: (mspID: MSPID, role: MSPRole.Role)? {
        guard
            classification == Classification.role,
            let role = try? MSPRole(decoding: principal),
            let known = role.role
        else { return nil }
        return (MSPID(unchecked: role.mspIdentifier), known)
    }
}

extension MSPRole.Role {
    /// The word in policy texts.
    package var text: String {
        switch self {
        case .member: "member"
        case .admin: "admin"
        case .client: "client"
        case .peer: "peer"
        case .orderer: "orderer"
        }
    }
}

extension MSPPrincipal: CustomStringConvertible {
    /// For people: `Org1MSP.peer`, or a description where policy texts have no word for it.
    package var description: String {
        if let role { return "\(role.mspID).\(role.role.text)" }
        let organization = mspID.map { " of \($0)" } ?? ""
        return switch classification {
        case Classification.role: "an unknown role\(organization)"
        case Classification.organizationUnit: "an organisational unit\(organization)"
        case Classification.identity: "one particular identity\(organization)"
        case Classification.anonymity: "an anonymity rule"
        case Classification.combined: "several principals at once"
        default: "a principal of unknown kind \(classification)"
        }
    }
}
