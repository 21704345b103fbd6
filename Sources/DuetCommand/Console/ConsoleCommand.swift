internal import ArgumentParser
internal import DuetClient
internal import DuetNode
internal import FabricTypes
internal import Logging
internal import Membership
internal import NodeHTTP

/// `duet console --connect`: shows another network's channels in the console.
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Show a Fabric network's channels in the console, from a mirror kept here.",
        discussion: """
            Follows a peer of Hyperledger Fabric's or of Duet's with its deliver service, and keeps its channels' blocks in the \
            data folder as they come, with the validation codes that stand in them. Transactions are not judged again; that blocks \
            belong together, are signed by orderers and have the effects that they claim is verified. The next start goes on where \
            this one ended. A network's own console is that of "up".
            """
    )

    @Option(help: ArgumentHelp("The peer to follow.", valueName: "host:port"))
    var connect: String

    @Option(
        name: .customLong("tls-ca"),
        help: ArgumentHelp("The authority of the peer's TLS certificate, in PEM.", valueName: "file"))
    var tlsAuthority: String?

    @Option(
        help: ArgumentHelp("The name in the peer's TLS certificate, where it is another host's.", valueName: "name"))
    var tlsName: String?

    @Flag(help: "Speak gRPC without TLS.")
    var noTLS = false

    @Option(
        help: ArgumentHelp("An MSP folder with the certificate and key of whoever reads.", valueName: "folder"))
    var mspFolder: String

    @Option(help: ArgumentHelp("The reader's organisation, by its MSP id.", valueName: "name"))
    var organization: String

    @Option(help: ArgumentHelp("A channel to follow. May be repeated. (default: all of the peer)", valueName: "name"))
    var channel: [String] = []

    @Option(help: "The folder that holds the mirror.")
    var data = ".duet-mirror"

    @Option(help: "Address to show the console at, as host:port; port 0 lets the system choose. May be repeated.")
    var listen: [String] = ["127.0.0.1:8080"]

    @Option(help: "A name the console is reached by, besides localhost. May be repeated.")
    var hostName: [String] = []

    @Flag(help: "Ask for an access key on loopback too.")
    var requireKey = false

    @Flag(help: "Allow addresses that other machines reach without TLS.")
    var insecure = false

    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let (address, mspID) = (try peerAddress(), try readerOrganization())
        let configuration = NodeConfiguration(
            dataFolder: data, listener: ListenerConfiguration(addresses: try listenerAddresses()),
            hostNames: Set(hostName), organization: mspID.rawValue, needsKey: requireKey,
            isInsecureAllowed: insecure)
        guard configuration.problems.isEmpty else {
            throw CommandError(.configuration, configuration.problems.joined(separator: "\n"))
        }
        let signer: SigningIdentity
        do {
            signer = try ClientIdentity.signer(mspFolder: mspFolder, mspID: mspID)
        } catch let error as ClientError {
            throw CommandError(.noInput, error.message)
        }
        let isThere = try await isReachable(address)
        var logger = Logger(label: "duet") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = UpSettings.logLevelDefault
        do {
            try await NetworkClient.withConnection(to: address, as: ClientIdentity(signer)) {
                [logger, configuration, channel, connect] client in
                let source = PeerBlocks(client, address: connect, wasSeen: isThere, logger: logger)
                var configuration = configuration
                configuration.mirror = MirrorConfiguration(
                    peerAddress: connect, signer: signer,
                    genesisBlocks: isThere
                        ? try await MirroredPeer(client: client, address: connect).genesisBlocks(
                            of: channel, kept: MirrorConfiguration.channelsKept(dataFolder: configuration.dataFolder))
                        : [],
                    source: source, problems: { source.problems })
                let node = try await Node.open(configuration, logger: logger)
                try await node.run { tell($0) }
            }
        } catch let error as NodeConfigurationError {
            throw CommandError(.configuration, error.description)
        }
    }

    /// Without the peer what was mirrored before is shown; a peer that speaks TLS otherwise is an error in any case.
    private func isReachable(_ address: GatewayAddress) async throws -> Bool {
        do {
            try await PeerProbe.reach(
                address, advice: "Is the peer up? Name another one with --connect.")
        } catch let error as CommandError
            where error.status == .unreachable && !MirrorConfiguration.channelsKept(dataFolder: data).isEmpty
        {
            Terminal.standardError.write(
                "\(error.message)\nWhat was mirrored before is shown; the peer is asked again.\n")
            return false
        }
        try await PeerProbe.shakeHands(address)
        return true
    }

    private func peerAddress() throws -> GatewayAddress {
        guard noTLS || tlsAuthority != nil else {
            throw CommandError(.usage, "The peer's TLS authority is not known: give --tls-ca FILE, or --no-tls.")
        }
        guard let colon = connect.lastIndex(of: ":"), let port = Int(connect[connect.index(after: colon)...]),
            (1...65_535).contains(port), colon != connect.startIndex
        else {
            throw CommandError(.usage, "--connect is \"\(connect)\": write host:port, such as localhost:7051.")
        }
        return GatewayAddress(
            host: String(connect[..<colon]), port: port,
            trustedAuthorities: noTLS ? nil : try tlsAuthority.map { [try LocalFile.read($0)] }, serverName: tlsName)
    }

    private func readerOrganization() throws -> MSPID {
        do {
            return try MSPID(validating: organization)
        } catch {
            throw CommandError(.usage, "--organization is \"\(organization)\": \(error)")
        }
    }

    private func listenerAddresses() throws -> [ListenerConfiguration.Address] {
        try listen.map { text in
            guard let address = ListenerConfiguration.Address(text) else {
                throw CommandError(.usage, "--listen is \"\(text)\": write host:port, such as 127.0.0.1:8080.")
            }
            return address
        }
    }

    private func tell(_ address: Node.Address) {
        let report = ConsoleReport(
            addresses: address.listening.map { "http://\($0)" }, dataFolder: address.dataFolder, peer: connect,
            accessKeyID: address.accessKeyID, accessKeysFile: address.accessKeysPath, notes: address.notes)
        do {
            try outputOptions.print(report) { report in
                """
                The console is up.
                  Open        \(report.addresses.joined(separator: ", "))
                \(report.notes.joined(separator: "\n"))
                  Data        \(report.dataFolder)
                Ctrl-C stops it.

                """
            }
        } catch {
            // Texts and lists of them always encode.
            Terminal.standardError.write("The report cannot be printed: \(error)\n")
        }
    }
}

/// What `duet console --output json` prints.
private struct ConsoleReport: Encodable {
    let addresses: [String]
    let dataFolder: String
    let peer: String
    let accessKeyID: String?
    let accessKeysFile: String
    /// Lines about what is followed, for people.
    let notes: [String]
}
