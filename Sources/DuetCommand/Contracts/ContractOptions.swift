internal import ArgumentParser
internal import DuetClient
internal import FabricTypes

/// Which peer a command calls, on which channel, and as whom.
struct ContractOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The channel. (default: that of the network in the data folder)", valueName: "name"))
    var channel: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Who calls, such as User1 or User1@org1.example.com. (default: User1; Admin to show, approve and commit)",
            valueName: "identity"))
    var identity: String?

    @Option(help: ArgumentHelp("The caller's organisation, by its MSP id. (default: the first one)", valueName: "name"))
    var organization: String?

    @Option(help: "The data folder whose network and keys are used.")
    var data = ".duet"

    @Option(
        help: ArgumentHelp(
            "The peer to call. (default: the organisation's first one in the data folder)", valueName: "host:port"))
    var peer: String?

    @Option(
        help: ArgumentHelp(
            "An MSP folder with the caller's certificate and key, instead of one in the data folder.",
            valueName: "folder"))
    var mspFolder: String?

    @Option(
        name: .customLong("tls-ca"),
        help: ArgumentHelp("The authority of the peer's TLS certificate, in PEM.", valueName: "file"))
    var tlsAuthority: String?

    @Option(
        help: ArgumentHelp("The name in the peer's TLS certificate, where it is another host's.", valueName: "name"))
    var tlsName: String?

    @Option(
        name: .customLong("tls-cert"),
        help: ArgumentHelp(
            "The certificate to show where the peer asks for one, in PEM. (default: the caller's in the data folder)",
            valueName: "file"))
    var tlsCertificate: String?

    @Option(
        name: .customLong("tls-key"), help: ArgumentHelp("The private key of --tls-cert, in PEM.", valueName: "file"))
    var tlsKey: String?

    @Flag(help: "Speak gRPC without TLS.")
    var noTLS = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together: give both.")
        }
        guard tlsCertificate == nil || !noTLS else {
            throw ValidationError("--no-tls shows no certificate: leave out --tls-cert and --tls-key.")
        }
    }

    /// Runs `body` with one channel of the network, as the identity that was asked for.
    ///
    /// - Parameter defaultUser: who calls where nobody is named.
    /// - Throws: ``CommandError``, also in place of what the client throws.
    func withChannel<Result: Sendable>(
        defaultUser: String = "User1", _ body: @escaping @Sendable (ChannelClient) async throws -> Result
    ) async throws -> Result {
        let caller = try ContractCaller(self, defaultUser: defaultUser)
        do {
            try await PeerProbe.reach(caller.address)
            return try await NetworkClient.withConnection(to: caller.address, as: caller.identity) { client in
                try await body(client.channel(caller.channel))
            }
        } catch let error as ClientError {
            throw await ClientErrorText(channel: caller.channel.rawValue, node: node).commandError(error)
        }
    }
}

/// What calls with transactions take besides.
struct CallOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A value for the contract alone, which stands in no block; @FILE for a file's content. May be repeated.",
            valueName: "key=value"))
    var transient: [String] = []

    @Option(
        help: ArgumentHelp(
            "Organisations that are asked, separated by commas. (default: what the contract's policy needs)",
            valueName: "names"))
    var endorsers: String?

    func validate() throws {
        for text in transient where text.split(separator: "=", maxSplits: 1).first.map(\.isEmpty) ?? true {
            throw ValidationError("--transient is \"\(text)\": write key=value.")
        }
        for text in transient where !text.contains("=") {
            throw ValidationError("--transient is \"\(text)\": write key=value.")
        }
    }

    /// - Throws: ``CommandError`` for names that are none, and files that cannot be read.
    func context(isInitialization: Bool = false) throws -> CallContext {
        let organizations = try (endorsers ?? "").split(separator: ",").map { name in
            do {
                return try MSPID(validating: String(name))
            } catch {
                throw CommandError(.usage, "--endorsers names \"\(name)\": \(error)")
            }
        }
        var values: [String: Bytes] = [:]
        for text in transient {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            values[parts[0]] =
                parts[1].hasPrefix("@") ? try LocalFile.read(String(parts[1].dropFirst())) : Bytes(parts[1])
        }
        return CallContext(
            organizations: organizations, transientData: values, isInitialization: isInitialization)
    }
}
