internal import FabricTypes
internal import GoldenLedger

@testable internal import Membership

/// A channel without cryptography: organisations A, B and C use it, H orders it, each with an admin, a client and a peer.
enum TestChannel {
    static let id = Result { try ChannelID(validating: "test") }
    static let name = Bytes("test")
    static let people =
        ["A", "B", "C", "D"].flatMap { [FakePerson.admin($0), .client($0), .peer($0)] }
        + [.admin("H"), .orderer("H")]
        + (1...4).map { .orderer("H", "consenter \($0)") }

    static let resolvers = IdentityResolverFactory { _, _ throws(MSPConfigError) in FakeOrganizations(people) }

    static func msp(_ name: String) -> FabricMSPConfig {
        var config = FabricMSPConfig()
        config.name = Bytes(name)
        return config
    }

    /// Certificates of the recording: raft consenters need such that can be read.
    static let certificates = Result {
        try ["alder", "birch", "cedar"].map { name in
            try GoldenFiles.trade.bytes("crypto/peerOrganizations/\(name).example/ca/ca.\(name).example-cert.pem")
        }
    }

    static func consenter(_ index: Int) throws -> RaftConfigMetadata.Consenter {
        let certificate = try certificates.get()[index]
        return RaftConfigMetadata.Consenter(
            host: "orderer\(index).example", port: 7050, clientTLSCertificate: certificate,
            serverTLSCertificate: certificate)
    }

    static func description(consenters: [Int] = [0]) throws -> ChannelDescription {
        ChannelDescription(
            channelID: try id.get(),
            ordererOrganizations: [.init(name: "H", msp: msp("H"), endpoints: ["orderer0.example:7050"])],
            applicationOrganizations: ["A", "B", "C"].map { .init(name: $0, msp: msp($0)) },
            consensus: .raft(RaftConfigMetadata(consenters: try consenters.map { try consenter($0) })))
    }

    static func configuration(_ group: ConfigGroup, sequence: UInt64 = 0) throws -> ChannelConfiguration {
        try ChannelConfiguration(
            channelID: try id.get(), config: Config(sequence: sequence, channelGroup: group), resolvers: resolvers)
    }

    static func standard(consenters: [Int] = [0]) throws -> ChannelConfiguration {
        try configuration(try description(consenters: consenters).config.channelGroup ?? ConfigGroup())
    }

    /// The encoded CONFIG_UPDATE envelope of an update that these people sign.
    static func envelope(_ update: ConfigUpdate, signedBy signers: [FakePerson]) throws -> Bytes {
        var envelope = ConfigUpdateEnvelope(configUpdate: update.encoded(), signatures: [])
        for signer in signers {
            envelope.addSignature(SignatureHeader(creator: signer.serialized, nonce: Bytes("nonce"))) {
                signer.sign($0)
            }
        }
        let payload = ConfigTransaction.payload(
            envelope, of: try id.get(), timestamp: Timestamp(seconds: 1),
            signatureHeader: SignatureHeader(creator: people[0].serialized, nonce: Bytes("nonce")))
        return Envelope(payload: payload, signature: Bytes("not looked at here")).encoded()
    }
}

extension ChannelConfiguration {
    /// Computes an update to the changed tree, has it signed and proposes it.
    func changed(
        signedBy signers: [FakePerson], _ change: (inout ConfigGroup) throws -> Void
    ) throws -> (ConfigEnvelope, ChannelConfiguration) {
        var target = channelGroup
        try change(&target)
        let update = try ConfigUpdate(channelID: channelID, from: channelGroup, to: target)
        return try proposing(update: try TestChannel.envelope(update, signedBy: signers))
    }

    /// The same for a change that must be refused.
    func refusal(
        signedBy signers: [FakePerson], _ change: (inout ConfigGroup) throws -> Void
    ) throws -> ConfigError? {
        do {
            _ = try changed(signedBy: signers, change)
            return nil
        } catch let error as ConfigError {
            return error
        }
    }
}

extension ConfigGroup {
    /// A group by its path, which comes to be if it is written: `Application/A`.
    subscript(path: String) -> ConfigGroup {
        get {
            path.split(separator: "/").reduce(self) { $0.groups[Bytes(String($1))] ?? ConfigGroup() }
        }
        set {
            guard let first = path.split(separator: "/").first else {
                self = newValue
                return
            }
            var child = groups[Bytes(String(first))] ?? ConfigGroup()
            child[String(path.dropFirst(first.count + 1))] = newValue
            groups[Bytes(String(first))] = child
        }
    }

    /// Sets a value of this group; an existing one keeps its version.
    mutating func set(_ key: Bytes, _ message: some WireMessage) {
        values[key] = ConfigValue(version: values[key]?.version ?? 0, message, modPolicy: ConfigKey.admins)
    }

    /// The same tree with all versions 0, to compare what trees say.
    var withoutVersions: ConfigGroup {
        var group = self
        group.version = 0
        group.groups = groups.mapValues(\.withoutVersions)
        for key in group.values.keys { group.values[key]?.version = 0 }
        for key in group.policies.keys { group.policies[key]?.version = 0 }
        return group
    }
}
