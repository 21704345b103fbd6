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

    /// Reads the network of a folder, or founds it.
    ///
    /// - Parameter wanted: what a new network is to be; nil to take whatever is there.
    /// - Throws: ``NodeConfigurationError`` naming every difference where the network is another one.
    static func open(
        folder: String, wanted: () throws -> NetworkDescription, isCompared: Bool
    ) throws -> FoundedNetwork {
        let path = "\(folder)/\(NetworkFiles.descriptionName)"
        guard let text = FileManager.default.contents(atPath: path) else {
            return try found(try wanted(), in: folder)
        }
        let description: NetworkDescription
        do {
            description = try JSONDecoder().decode(NetworkDescription.self, from: text)
        } catch {
            throw NodeConfigurationError(problems: [
                "\"\(path)\" does not describe a network (\(error)). Restore it from a copy, or start over with --fresh."
            ])
        }
        if isCompared { try compare(try wanted(), with: description) }
        guard let genesis = FileManager.default.contents(atPath: "\(folder)/\(NetworkFiles.genesisName)") else {
            throw NodeConfigurationError(problems: [
                "\"\(folder)/\(NetworkFiles.genesisName)\" is missing. Restore it from a copy, or start over with --fresh."
            ])
        }
        return FoundedNetwork(
            description: description, genesis: Bytes([UInt8](genesis)),
            organizations: OrganizationStore(path: "\(folder)/\(NetworkFiles.organizationsName)"))
    }

    private static func compare(
        _ wanted: NetworkDescription, with founded: NetworkDescription
    ) throws(NodeConfigurationError) {
        func names(_ description: NetworkDescription) -> String {
            description.organizations.map { "\($0.name) with \($0.peerPorts.count) peers" }.joined(separator: ", ")
        }
        var problems: [String] = []
        func check(_ what: String, _ asked: String, _ there: String) {
            guard asked != there else { return }
            problems.append(
                "The network in this folder was founded with \(what) \(there), and \(asked) is asked for. That is fixed: start "
                    + "without the option, with another --data folder, or over again with --fresh.")
        }
        check("the channel", wanted.channel, founded.channel)
        check("the organisations", names(wanted), names(founded))
        check("TLS", wanted.hasTLS ? "on" : "off", founded.hasTLS ? "on" : "off")
        guard problems.isEmpty else { throw NodeConfigurationError(problems: problems) }
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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try DurableFile.write([UInt8](try encoder.encode(description)), to: "\(folder)/\(NetworkFiles.descriptionName)")
        return FoundedNetwork(description: description, genesis: genesis, organizations: store)
    }

    /// Names that certificates bear besides their own, so that a network on one machine needs no name service.
    private static let localNames = ["localhost", "127.0.0.1", "::1"]

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
