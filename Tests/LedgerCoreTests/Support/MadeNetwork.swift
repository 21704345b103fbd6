internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership

/// An organization made for a test, with everybody it needs.
struct MadeOrganization: Sendable {
    static let instant: Int64 = 1_700_000_000

    let name: String
    let mspID: String
    let authority: DevelopmentAuthority
    let msp: FabricMSPConfig
    let admin: GoldenSigner
    let client: GoldenSigner
    let peer: GoldenSigner
    let orderer: GoldenSigner
    /// The orderer's certificate, as consenters are listed.
    let ordererCertificate: Bytes

    /// - Parameter name: of its group; its MSP ID is another.
    init(_ name: String, keys: PrivateKey.Algorithm = .ecdsa(.p256)) throws {
        self.name = name
        let mspID = "\(name)-MSP"
        self.mspID = mspID
        let authority = try DevelopmentAuthority(domain: "\(name).example", at: Self.instant)
        self.authority = authority
        msp = try OrganizationFolder(domain: authority.domain, files: authority.organizationFiles().contents)
            .msp.config(mspID: MSPID(validating: mspID)).config
        func member(_ role: MSPRole.Role) throws -> (signer: GoldenSigner, certificate: Bytes) {
            let key = PrivateKey(keys)
            let certificate = try authority.identity(name: "\(role).\(name)", role: role, key: key, at: Self.instant)
            let signer = try GoldenSigner(mspID: mspID, certificate: certificate.pemText, key: key)
            return (signer, certificate.pemText)
        }
        admin = try member(.admin).signer
        client = try member(.client).signer
        peer = try member(.peer).signer
        (orderer, ordererCertificate) = try member(.orderer)
    }

    func description(endpoints: [String] = []) -> ChannelDescription.Organization {
        endpoints.isEmpty
            ? ChannelDescription.Organization(name: name, msp: msp)
            : ChannelDescription.Organization(name: name, msp: msp, endpoints: endpoints)
    }
}

/// A channel of made organizations, from its genesis block on.
struct MadeNetwork {
    let orderers: [MadeOrganization]
    let members: [MadeOrganization]
    private(set) var channel: GoldenChannel
    private var nonce: UInt64 = 0

    init(
        orderers: [MadeOrganization], members: [MadeOrganization],
        capabilities: ChannelCapabilities = .standard, isBFT: Bool = false,
        change: (inout ConfigGroup) -> Void = { _ in }
    ) throws {
        self.orderers = orderers
        self.members = members
        let consenters = orderers.enumerated().map { index, organization in
            var consenter = Consenter()
            consenter.id = UInt32(index + 1)
            consenter.host = "orderer.\(organization.name)"
            consenter.port = 7050
            consenter.mspID = Bytes(organization.mspID)
            consenter.identity = organization.ordererCertificate
            consenter.clientTLSCertificate = organization.ordererCertificate
            consenter.serverTLSCertificate = organization.ordererCertificate
            return consenter
        }
        let raft = RaftConfigMetadata(
            consenters: consenters.map {
                RaftConfigMetadata.Consenter(
                    host: $0.host, port: $0.port, clientTLSCertificate: $0.clientTLSCertificate,
                    serverTLSCertificate: $0.serverTLSCertificate)
            })
        var description = ChannelDescription(
            channelID: try ChannelID(validating: "made"),
            ordererOrganizations: orderers.map { $0.description(endpoints: ["orderer.\($0.name):7050"]) },
            applicationOrganizations: members.map { $0.description() },
            consensus: isBFT ? .bft(consenters, options: Bytes()) : .raft(raft))
        description.capabilities = capabilities
        var config = description.config
        if var group = config.channelGroup {
            change(&group)
            config.channelGroup = group
        }
        let genesis = Block(
            genesisOf: description.channelID, config, timestampSeconds: MadeOrganization.instant, nonce: Bytes("n"))
        channel = try GoldenChannel(genesis: genesis, loop: .serial)
    }

    // MARK: - Blocks

    /// The next block of these envelopes, signed by the first orderer.
    func block(_ envelopes: [Bytes]) throws -> Block {
        var block = Block(following: channel.header, envelopes: envelopes)
        let isConfig = block.isConfigBlock
        try block.sign(by: [orderers[0].orderer], lastConfig: isConfig ? block.number : channel.lastConfig)
        return block
    }

    @discardableResult
    mutating func commit(_ envelopes: [Bytes]) throws -> [TransactionVerdict] {
        try commit(block(envelopes))
    }

    @discardableResult
    mutating func commit(_ block: Block) throws -> [TransactionVerdict] {
        try channel.append(block).verdicts
    }

    /// Commits transactions and answers with their codes.
    mutating func codes(_ transactions: GoldenTransaction...) throws -> [ValidationCode] {
        try commit(transactions.map { try $0.envelope() }).map(\.code)
    }

    // MARK: - Transactions

    /// A transaction of the first member's client.
    mutating func transaction(
        of chaincode: String, _ set: ReadWriteSet, endorsedBy endorsers: [MadeOrganization]
    ) -> GoldenTransaction {
        nonce += 1
        var transaction = GoldenTransaction(
            creator: members[0].client, endorsers: endorsers.map(\.peer), writing: set)
        transaction.channelID = "made"
        transaction.chaincode = chaincode
        transaction.nonce = Bytes("nonce \(nonce)")
        return transaction
    }

    /// A transaction that defines a chaincode, with Fabric's own keys and values.
    mutating func definition(
        _ name: String, policy: ApplicationPolicy?, plugin: String = "vscc", collections: [StaticCollectionConfig] = [],
        endorsedBy endorsers: [MadeOrganization]
    ) -> GoldenTransaction {
        let name = Bytes(name)
        let fields: [(LifecycleKeys.Field, LifecycleStateData.Value)] = [
            (.sequence, .integer(1)),
            (
                .endorsementInfo,
                .bytes(
                    ChaincodeEndorsementInfo(
                        version: Bytes("1.0"), isInitRequired: false, endorsementPlugin: Bytes("escc")
                    ).encoded())
            ),
            (
                .validationInfo,
                .bytes(
                    ChaincodeValidationInfo(
                        validationPlugin: Bytes(plugin), validationParameter: policy?.encoded() ?? Bytes()
                    ).encoded())
            ),
            (.collections, .bytes(CollectionConfigPackage(collections).encoded())),
        ]
        let metadata = LifecycleStateMetadata(
            datatype: LifecycleKeys.definitionDatatype, fields: fields.map { $0.0.name })
        var set = KVRWSet()
        set.writes =
            fields.map { KVWrite(key: LifecycleKeys.field($0.0, of: name), value: LifecycleStateData($0.1).encoded()) }
            + [KVWrite(key: LifecycleKeys.metadata(of: name), value: metadata.encoded())]
        let writes = ReadWriteSet(namespaces: [
            NamespaceReadWriteSet(namespace: LifecycleKeys.namespace, publicSet: set)
        ])
        return transaction(of: "_lifecycle", writes, endorsedBy: endorsers)
    }

    /// The envelope of a change of the configuration, as the first orderer makes it of an update that all admins sign.
    func configEnvelope(_ change: (inout ConfigGroup) -> Void) throws -> Bytes {
        let configuration = channel.configuration
        var target = configuration.channelGroup
        change(&target)
        let update = try ConfigUpdate(
            channelID: configuration.channelID, from: configuration.channelGroup, to: target)
        var envelope = ConfigUpdateEnvelope(configUpdate: update.encoded(), signatures: [])
        for admin in (members + orderers).map(\.admin) {
            try envelope.addSignature(SignatureHeader(creator: admin.identity, nonce: Bytes("nonce"))) {
                try admin.sign(Bytes(joining: $0))
            }
        }
        let timestamp = Timestamp(seconds: MadeOrganization.instant)
        let updatePayload = ConfigTransaction.payload(
            envelope, of: configuration.channelID, timestamp: timestamp,
            signatureHeader: SignatureHeader(creator: members[0].admin.identity, nonce: Bytes("nonce")))
        let updateBytes = Envelope(payload: updatePayload, signature: try members[0].admin.sign(updatePayload))
            .encoded()
        let (config, _) = try configuration.proposing(update: updateBytes)
        let orderer = orderers[0].orderer
        let payload = ConfigTransaction.payload(
            config, of: configuration.channelID, timestamp: timestamp,
            signatureHeader: SignatureHeader(creator: orderer.identity, nonce: Bytes("nonce")))
        return Envelope(payload: payload, signature: try orderer.sign(payload)).encoded()
    }
}

extension ApplicationPolicy {
    /// n of these organizations' peers.
    static func peers(_ n: Int32, of organizations: [MadeOrganization]) -> ApplicationPolicy {
        ApplicationPolicy(.signaturePolicy(.peers(n, of: organizations)))
    }

    static func reference(_ path: String) -> ApplicationPolicy {
        ApplicationPolicy(.channelConfigPolicyReference(Bytes(path)))
    }
}

extension SignaturePolicyEnvelope {
    /// n of these organizations' peers.
    static func peers(_ n: Int32, of organizations: [MadeOrganization]) -> SignaturePolicyEnvelope {
        SignaturePolicyEnvelope(
            rule: .nOutOf(n, organizations.indices.map { .signedBy(Int32($0)) }),
            identities: organizations.map {
                MSPPrincipal(MSPRole(.peer, of: MSPID(unchecked: Bytes($0.mspID))))
            })
    }
}

extension ReadWriteSet {
    /// A private write, as everybody sees it.
    static func writing(privately key: String, to collection: String, in namespace: String) -> ReadWriteSet {
        var set = HashedRWSet()
        set.writes = [KVWriteHash(key: Bytes(key), value: Bytes("value"))]
        let collectionSet = CollectionReadWriteSet(
            collection: Bytes(collection), hashedSet: set, privateSetHash: Digest(of: Bytes()).bytes)
        return ReadWriteSet(namespaces: [
            NamespaceReadWriteSet(namespace: Bytes(namespace), collections: [collectionSet])
        ])
    }

    /// A public key's endorsement policy; nil removes it.
    static func setting(_ policy: SignaturePolicyEnvelope?, of key: String, in namespace: String) -> ReadWriteSet {
        var set = KVRWSet()
        let entries = policy.map { [KVMetadataEntry(name: KeyMetadata.validationParameterName, value: $0.encoded())] }
        set.metadataWrites = [KVMetadataWrite(key: Bytes(key), entries: entries ?? [])]
        return ReadWriteSet(namespaces: [NamespaceReadWriteSet(namespace: Bytes(namespace), publicSet: set)])
    }
}
