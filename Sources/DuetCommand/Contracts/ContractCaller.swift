internal import DuetClient
internal import DuetNode
internal import FabricTypes
internal import Foundation
internal import Membership

/// Options of a command brought together with what the data folder knows: an identity, a peer's address, a channel.
struct ContractCaller {
    let identity: ClientIdentity
    let address: GatewayAddress
    let channel: ChannelID

    /// - Throws: ``CommandError`` that says what is missing and which option gives it.
    init(_ options: ContractOptions, defaultUser: String) throws {
        let network = try LocalNetwork.read(dataFolder: options.data)
        let organization = try Self.organization(options, network)
        do {
            identity = try Self.identity(options, network, organization, defaultUser)
            var address = try Self.address(options, network, organization)
            if address.trustedAuthorities != nil {
                address.clientCertificate = try Self.clientCertificate(options, network, organization, defaultUser)
            }
            self.address = address
        } catch let error as ClientError {
            throw CommandError(.noInput, error.message)
        }
        guard let name = options.channel ?? network?.description.channel else {
            throw CommandError(
                .usage, "No channel is known: name one with --channel. \(LocalNetwork.hint(options.data))")
        }
        do {
            channel = try ChannelID(validating: name)
        } catch {
            throw CommandError(.usage, "--channel is \"\(name)\": \(error)")
        }
    }

    /// The caller's organisation in the data folder; nil for one that is elsewhere.
    private static func organization(
        _ options: ContractOptions, _ network: LocalNetwork?
    ) throws -> NetworkDescription.Organization? {
        guard let network else { return nil }
        let known = network.description.organizations
        if let domain = options.identity?.split(separator: "@", maxSplits: 1).dropFirst().first {
            guard let found = known.first(where: { $0.domain == domain }) else {
                let domains = known.map(\.domain).joined(separator: ", ")
                throw CommandError(
                    .usage, "--as names \"\(domain)\", which is no organisation of the network here; it has \(domains)."
                )
            }
            if let name = options.organization, name != found.name {
                throw CommandError(.usage, "--as names \(found.name), --organization \"\(name)\": give one of them.")
            }
            return found
        }
        guard let name = options.organization else { return known.first }
        if let found = known.first(where: { $0.name == name || $0.domain == name }) { return found }
        guard options.mspFolder != nil else {
            throw CommandError(
                .usage,
                "\"\(name)\" is no organisation of the network here; it has \(known.map(\.name).joined(separator: ", "))."
            )
        }
        return nil
    }

    private static func identity(
        _ options: ContractOptions, _ network: LocalNetwork?, _ organization: NetworkDescription.Organization?,
        _ defaultUser: String
    ) throws -> ClientIdentity {
        if let folder = options.mspFolder {
            guard let name = organization?.name ?? options.organization else {
                throw CommandError(.usage, "--msp-folder needs --organization with the organisation's MSP id.")
            }
            return try ClientIdentity.load(mspFolder: folder, mspID: try mspID(name))
        }
        guard let network, let organization else {
            throw CommandError(
                .noInput,
                "No identity is known: give --msp-folder and --organization. \(LocalNetwork.hint(options.data))")
        }
        return try ClientIdentity.load(
            organizationFolder: network.folder(of: organization), user: options.identity ?? defaultUser,
            mspID: try mspID(organization.name))
    }

    /// What is shown to a peer that asks who connects; other peers never see it.
    private static func clientCertificate(
        _ options: ContractOptions, _ network: LocalNetwork?, _ organization: NetworkDescription.Organization?,
        _ defaultUser: String
    ) throws -> GatewayAddress.ClientCertificate? {
        if let certificate = options.tlsCertificate, let key = options.tlsKey {
            return .init(certificates: try LocalFile.read(certificate), privateKey: try LocalFile.read(key))
        }
        guard options.mspFolder == nil, let network, let organization else { return nil }
        return try .load(
            organizationFolder: network.folder(of: organization), user: options.identity ?? defaultUser)
    }

    private static func mspID(_ name: String) throws -> MSPID {
        do {
            return try MSPID(validating: name)
        } catch {
            throw CommandError(.usage, "--organization is \"\(name)\": \(error)")
        }
    }

    private static func address(
        _ options: ContractOptions, _ network: LocalNetwork?, _ organization: NetworkDescription.Organization?
    ) throws -> GatewayAddress {
        let hasTLS = !options.noTLS && (options.tlsAuthority != nil || network?.description.hasTLS ?? true)
        var authorities: [Bytes]?
        if let file = options.tlsAuthority {
            authorities = [try LocalFile.read(file)]
        } else if hasTLS, let network, let organization {
            authorities = try network.tlsAuthorities(of: organization)
        } else if hasTLS {
            throw CommandError(.usage, "The peer's TLS authority is not known: give --tls-ca FILE, or --no-tls.")
        }
        if let peer = options.peer {
            guard let colon = peer.lastIndex(of: ":"), let port = Int(peer[peer.index(after: colon)...]),
                (1...65_535).contains(port), colon != peer.startIndex
            else {
                throw CommandError(.usage, "--peer is \"\(peer)\": write host:port, such as localhost:7051.")
            }
            return GatewayAddress(
                host: String(peer[..<colon]), port: port, trustedAuthorities: authorities, serverName: options.tlsName)
        }
        guard let organization, let port = organization.peerPorts.first else {
            throw CommandError(.usage, "No peer is known: name one with --peer. \(LocalNetwork.hint(options.data))")
        }
        return GatewayAddress(
            host: "127.0.0.1", port: port, trustedAuthorities: authorities,
            serverName: options.tlsName ?? (hasTLS ? "peer0.\(organization.domain)" : nil))
    }
}

/// The network that a data folder holds.
struct LocalNetwork {
    let description: NetworkDescription
    private let dataFolder: String

    /// Nil where the folder holds none.
    static func read(dataFolder: String) throws -> LocalNetwork? {
        let path = "\(dataFolder)/\(NetworkFiles.descriptionName)"
        guard let text = FileManager.default.contents(atPath: path) else { return nil }
        do {
            return LocalNetwork(
                description: try JSONDecoder().decode(NetworkDescription.self, from: text), dataFolder: dataFolder)
        } catch {
            throw CommandError(.configuration, "\"\(path)\" does not describe a network: \(error)")
        }
    }

    /// What to do where nothing is known.
    static func hint(_ dataFolder: String) -> String {
        "There is no network in the folder \"\(dataFolder)\": start one with \"\(RootCommand.programName) up\", or name another "
            + "folder with --data."
    }

    func folder(of organization: NetworkDescription.Organization) -> String {
        "\(dataFolder)/\(NetworkFiles.organizationsName)/\(OrganizationStore.Kind.peer.rawValue)/\(organization.domain)"
    }

    func tlsAuthorities(of organization: NetworkDescription.Organization) throws -> [Bytes] {
        let folder = OrganizationFolder(
            domain: organization.domain, files: try OrganizationStore.read(folder(of: organization)))
        guard let authorities = folder.peers.lazy.compactMap({ $0.tls?.authorities }).first else {
            throw CommandError(
                .noInput,
                "\"\(self.folder(of: organization))\" holds no TLS certificate of a peer: give the authority with --tls-ca."
            )
        }
        return [authorities]
    }
}

/// Small files that a person names.
enum LocalFile {
    private static let byteCountMax = 4 << 20

    static func read(_ path: String) throws -> Bytes {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            guard data.count <= byteCountMax else {
                throw CommandError(.noInput, "\"\(path)\" is larger than 4 MiB.")
            }
            return Bytes([UInt8](data))
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.noInput, "\"\(path)\" cannot be read: \(error.localizedDescription)")
        }
    }
}
