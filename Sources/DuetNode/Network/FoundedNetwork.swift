internal import FabricTypes
internal import Foundation
internal import Membership

/// A network's lasting things in the data folder: its description, its organisations' keys, its channel's first block.
///
/// ```
/// organizations/   keys and certificates in cryptogen's layout
/// genesis.block    the channel's first block
/// network.json     the description; written last, so that half of a network is never taken for one
/// ```
struct FoundedNetwork: Sendable {
    let description: NetworkDescription
    let genesis: Bytes
    let organizations: OrganizationStore

    /// Issues further identities of all its organisations.
    func identities() -> DevelopmentIdentities {
        var places = [
            description.ordererOrganization: DevelopmentIdentities.Place(
                kind: .orderer, domain: description.ordererDomain)
        ]
        for organization in description.organizations {
            places[organization.name] = DevelopmentIdentities.Place(kind: .peer, domain: organization.domain)
        }
        return DevelopmentIdentities(store: organizations, places: places) { SystemClock.now.seconds }
    }

    /// Reads the network of a folder, or founds it.
    ///
    /// - Parameter request: what a new network is to be, and what one that is there must be.
    /// - Throws: ``NodeConfigurationError`` naming every difference where the network is another one.
    static func open(folder: String, request: NetworkRequest) throws -> FoundedNetwork {
        guard let description = try NetworkDescription.kept(in: folder) else {
            // Written before there are ledgers: where these are, it was lost, and new keys would open none of them.
            for name in [NetworkFiles.ordererName, NetworkFiles.peersName]
            where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
                throw NodeConfigurationError(problems: [
                    "\"\(folder)/\(NetworkFiles.descriptionName)\" is missing, but \"\(folder)/\(name)\" holds ledgers. Restore it from "
                        + "a copy, or start over with --fresh."
                ])
            }
            return try found(try NetworkDescription(request), in: folder)
        }
        let problems = request.problems(against: description)
        guard problems.isEmpty else { throw NodeConfigurationError(problems: problems) }
        guard let genesis = FileManager.default.contents(atPath: "\(folder)/\(NetworkFiles.genesisName)") else {
            throw NodeConfigurationError(problems: [
                "\"\(folder)/\(NetworkFiles.genesisName)\" is missing. Restore it from a copy, or start over with --fresh."
            ])
        }
        return FoundedNetwork(
            description: description, genesis: Bytes([UInt8](genesis)),
            organizations: OrganizationStore(path: "\(folder)/\(NetworkFiles.organizationsName)"))
    }

    // MARK: - Founding

    private static func found(_ description: NetworkDescription, in folder: String) throws -> FoundedNetwork {
        guard description.problems.isEmpty else { throw NodeConfigurationError(problems: description.problems) }
        let store = OrganizationStore(path: "\(folder)/\(NetworkFiles.organizationsName)")
        let instant = Int64(Date().timeIntervalSince1970)
        // What an earlier attempt has left without a description belongs to no network.
        if FileManager.default.fileExists(atPath: store.path) { try FileManager.default.removeItem(atPath: store.path) }
        for kind in OrganizationStore.Kind.allCases {
            try FileManager.default.createDirectory(
                atPath: "\(store.path)/\(kind.rawValue)", withIntermediateDirectories: true)
        }
        for organization in description.organizations {
            try store.create(
                try peerFiles(organization, at: instant), .peer, domain: organization.domain)
        }
        try store.create(try ordererFiles(description, at: instant), .orderer, domain: description.ordererDomain)
        let genesis = try GenesisMaking(description: description, organizations: store).block(at: instant).encoded()
        try DurableFile.write(genesis.array, to: "\(folder)/\(NetworkFiles.genesisName)")
        try description.keep(in: folder)
        return FoundedNetwork(description: description, genesis: genesis, organizations: store)
    }

    /// Names that certificates bear besides their own, so that a network on one machine needs no name service.
    static let localNames = ["localhost", "127.0.0.1", "::1"]

    private static func peerFiles(
        _ organization: NetworkDescription.Organization, at instant: Int64
    ) throws -> CryptoFiles {
        let authority = try DevelopmentAuthority(domain: organization.domain, at: instant)
        var files = authority.organizationFiles()
        for number in organization.peerPorts.indices {
            files.add(
                try authority.nodeFiles(
                    hostname: "peer\(number)", role: .peer, alternativeNames: localNames, at: instant),
                in: "peers/peer\(number).\(organization.domain)")
        }
        for (user, role) in [("Admin", MSPRole.Role.admin), ("User1", .client)] {
            files.add(
                try authority.userFiles(user: user, role: role, at: instant), in: "users/\(user)@\(organization.domain)"
            )
        }
        return files
    }

    private static func ordererFiles(_ description: NetworkDescription, at instant: Int64) throws -> CryptoFiles {
        let authority = try DevelopmentAuthority(domain: description.ordererDomain, at: instant)
        var files = authority.organizationFiles()
        files.add(
            try authority.nodeFiles(hostname: "orderer", role: .orderer, alternativeNames: localNames, at: instant),
            in: "orderers/\(description.ordererHost)")
        files.add(
            try authority.userFiles(user: "Admin", role: .admin, at: instant), in: "users/Admin@\(authority.domain)")
        return files
    }
}
