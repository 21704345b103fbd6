internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership
internal import Testing

@Suite("Validation in other networks than the recorded one")
struct MadeNetworkTests {
    private static let orderer = Result { try MadeOrganization("Order") }
    private static let members = Result { try ["Ash", "Beech", "Cherry"].map { try MadeOrganization($0) } }

    private static func network(_ change: (inout ConfigGroup) -> Void = { _ in }) throws -> MadeNetwork {
        try MadeNetwork(orderers: [orderer.get()], members: members.get(), change: change)
    }

    /// A network with the chaincode `cars`, one peer of Ash or Beech enough.
    private static func networkWithCars(
        collections: [StaticCollectionConfig] = [], change: (inout ConfigGroup) -> Void = { _ in }
    ) throws -> (network: MadeNetwork, ash: MadeOrganization, beech: MadeOrganization, cherry: MadeOrganization) {
        let members = try members.get()
        var network = try network(change)
        let definition = network.definition(
            "cars", policy: .peers(1, of: [members[0], members[1]]), collections: collections, endorsedBy: members)
        #expect(try network.codes(definition) == [.valid])
        return (network, members[0], members[1], members[2])
    }

    // MARK: - Definitions

    @Test(
        "a definition needs the channel's LifecycleEndorsement, or members of most organizations where that is missing")
    func lifecycleEndorsement() throws {
        for hasPolicy in [true, false] {
            var network = try Self.network { group in
                if !hasPolicy { group.groups[ConfigKey.application]?.policies[Bytes("LifecycleEndorsement")] = nil }
            }
            let members = network.members
            let weak = network.definition("cars", policy: .peers(1, of: members), endorsedBy: [members[1]])
            let good = network.definition("cars", policy: .peers(1, of: members), endorsedBy: [members[1], members[2]])
            #expect(try network.codes(weak, good) == [.endorsementPolicyFailure, .valid])
            var clients = network.definition("boats", policy: .peers(1, of: members), endorsedBy: [])
            clients.endorsers = [members[0].client, members[2].client]
            #expect(try network.codes(clients) == [hasPolicy ? .endorsementPolicyFailure : .valid])
        }
    }

    @Test("a definition counts from the next block on, not within its own")
    func definitionCountsLater() throws {
        var network = try Self.network()
        let members = network.members
        let definition = network.definition("cars", policy: .peers(1, of: members), endorsedBy: members)
        let early = network.transaction(of: "cars", .writing([("k", "v")], in: "cars"), endorsedBy: members)
        #expect(try network.codes(definition, early) == [.valid, .invalidChaincode])
        let late = network.transaction(of: "cars", .writing([("k", "v")], in: "cars"), endorsedBy: [members[2]])
        #expect(try network.codes(late) == [.valid])
    }

    @Test("a chaincode without policy is none; one whose policy nobody can satisfy lets nobody write")
    func brokenDefinitions() throws {
        var network = try Self.network()
        let members = network.members
        let definitions = [
            network.definition("bare", policy: nil, endorsedBy: members),
            network.definition("lost", policy: .reference("/Channel/Application/Nothing"), endorsedBy: members),
            network.definition("kindless", policy: ApplicationPolicy(), endorsedBy: members),
        ]
        #expect(try network.commit(definitions.map { try $0.envelope() }).allSatisfy { $0 == .valid })
        let codes = try ["bare", "lost", "kindless"].map { name in
            try network.codes(network.transaction(of: name, .writing([("k", "v")], in: name), endorsedBy: members))
        }
        #expect(codes == [[.invalidChaincode], [.endorsementPolicyFailure], [.invalidChaincode]])
    }

    @Test("a policy may be one of the channel's, by any path")
    func policyReferences() throws {
        var network = try Self.network()
        let members = network.members
        let definitions = [
            network.definition("absolute", policy: .reference("/Channel/Application/Endorsement"), endorsedBy: members),
            network.definition("relative", policy: .reference("Application/Ash/Endorsement"), endorsedBy: members),
        ]
        #expect(try network.commit(definitions.map { try $0.envelope() }).allSatisfy { $0 == .valid })
        func codes(_ chaincode: String, _ endorsers: [MadeOrganization]) throws -> [ValidationCode] {
            let set = ReadWriteSet.writing([("k", "v")], in: chaincode)
            return try network.codes(network.transaction(of: chaincode, set, endorsedBy: endorsers))
        }
        #expect(try codes("absolute", [members[0], members[2]]) == [.valid])
        #expect(try codes("absolute", [members[0]]) == [.endorsementPolicyFailure])
        #expect(try codes("relative", [members[0]]) == [.valid])
        #expect(try codes("relative", [members[1], members[2]]) == [.endorsementPolicyFailure])
    }

    @Test("a plugin that does not exist here halts the channel, but only once it is needed")
    func foreignPlugin() throws {
        var network = try Self.network()
        let members = network.members
        let definition = network.definition(
            "odd", policy: .peers(1, of: members), plugin: "own", endorsedBy: members)
        #expect(try network.codes(definition) == [.valid])
        var forged = network.transaction(of: "odd", .writing([("k", "v")], in: "odd"), endorsedBy: members)
        forged.changeEnvelope = { $0.signature = Bytes("wrong") }
        #expect(try network.codes(forged) == [.badCreatorSignature])
        let good = network.transaction(of: "odd", .writing([("k", "v")], in: "odd"), endorsedBy: members)
        #expect {
            try network.codes(good)
        } throws: { error in
            let halt = error as? ValidationHalt
            return halt?.code == .unknownPlugin && halt?.message.contains("\"own\"") == true
        }
    }

    // MARK: - Collections

    @Test("collections are judged by their own policy, else by the chaincode's; implicit ones by their organization's")
    func collections() throws {
        let members = try Self.members.get()
        func collection(_ name: String, _ policy: ApplicationPolicy?) -> StaticCollectionConfig {
            StaticCollectionConfig(
                name: Bytes(name), memberOrganizationsPolicy: .peers(1, of: members), endorsementPolicy: policy)
        }
        for hasPolicy in [true, false] {
            var (network, ash, beech, cherry) = try Self.networkWithCars(
                collections: [
                    collection("own", .peers(1, of: [members[2]])),
                    collection("reference", .reference("/Channel/Application/Cherry/Endorsement")),
                    collection("plain", nil),
                ]
            ) { group in
                guard !hasPolicy else { return }
                group.groups[ConfigKey.application]?.groups[Bytes("Cherry")]?.policies[ConfigKey.endorsement] = nil
            }
            func code(_ collection: String, _ endorsers: [MadeOrganization]) throws -> ValidationCode? {
                let set = ReadWriteSet.writing(privately: "k", to: collection, in: "cars")
                return try network.codes(network.transaction(of: "cars", set, endorsedBy: endorsers)).first
            }
            #expect(try code("own", [cherry]) == .valid)
            #expect(try code("own", [ash, beech]) == .endorsementPolicyFailure)
            #expect(try code("reference", [cherry]) == (hasPolicy ? .valid : .endorsementPolicyFailure))
            #expect(try code("plain", [ash]) == .valid)
            #expect(try code("plain", [cherry]) == .endorsementPolicyFailure)
            // The group is named Cherry, its MSP Cherry-MSP.
            #expect(try code("_implicit_org_Cherry-MSP", [cherry]) == .valid)
            #expect(try code("_implicit_org_Cherry-MSP", [ash, beech]) == .endorsementPolicyFailure)
            #expect(try code("_implicit_org_Cherry", [ash, beech, cherry]) == .endorsementPolicyFailure)
            #expect(try code("none", [ash, beech, cherry]) == .endorsementPolicyFailure)
        }
    }

    // MARK: - Key policies

    @Test("a key's policy replaces the chaincode's, and goes with the key")
    func keyPolicies() throws {
        var (network, ash, _, cherry) = try Self.networkWithCars()
        func code(_ set: ReadWriteSet, _ endorsers: MadeOrganization...) throws -> ValidationCode? {
            try network.codes(network.transaction(of: "cars", set, endorsedBy: endorsers)).first
        }
        let write = ReadWriteSet.writing([("k", "v")], in: "cars")
        let delete = ReadWriteSet.writing([("k", "")], in: "cars")
        #expect(try code(write, ash) == .valid)
        #expect(try code(.setting(.peers(1, of: [cherry]), of: "k", in: "cars"), ash) == .valid)
        #expect(try code(write, ash) == .endorsementPolicyFailure)
        #expect(try code(write, cherry) == .valid)
        #expect(try code(.setting(nil, of: "k", in: "cars"), ash) == .endorsementPolicyFailure)
        #expect(try code(delete, cherry) == .valid)
        #expect(try code(write, cherry) == .endorsementPolicyFailure)
        #expect(try code(write, ash) == .valid)
    }

    @Test("bytes that are no policy let nobody write the key, and other keys are none of it")
    func unreadableKeyPolicy() throws {
        var (network, ash, beech, cherry) = try Self.networkWithCars()
        var set = KVRWSet()
        set.writes = [KVWrite(key: Bytes("k"), value: Bytes("v"))]
        set.metadataWrites = [
            KVMetadataWrite(
                key: Bytes("k"),
                entries: [KVMetadataEntry(name: KeyMetadata.validationParameterName, value: Bytes([0xFF]))])
        ]
        let spoil = ReadWriteSet(namespaces: [NamespaceReadWriteSet(namespace: Bytes("cars"), publicSet: set)])
        #expect(try network.codes(network.transaction(of: "cars", spoil, endorsedBy: [ash])) == [.valid])
        let guarded = network.transaction(
            of: "cars", .writing([("k", "v")], in: "cars"), endorsedBy: [ash, beech, cherry])
        let free = network.transaction(of: "cars", .writing([("l", "v")], in: "cars"), endorsedBy: [ash])
        #expect(try network.codes(guarded, free) == [.endorsementPolicyFailure, .valid])
    }

    @Test("a policy change bars later writers of the key in its block, if its own namespace was well endorsed")
    func policyChangesWithinABlock() throws {
        var (network, ash, beech, cherry) = try Self.networkWithCars()
        let boats = network.definition("boats", policy: .peers(1, of: [cherry]), endorsedBy: network.members)
        #expect(try network.codes(boats) == [.valid])
        let policy = SignaturePolicyEnvelope.peers(1, of: [beech])
        func write(_ key: String) -> GoldenTransaction {
            network.transaction(of: "cars", .writing([(key, "v")], in: "cars"), endorsedBy: [ash])
        }
        func change(_ key: String, _ endorsers: [MadeOrganization], also other: ReadWriteSet? = nil)
            -> GoldenTransaction
        {
            let set = ReadWriteSet.setting(policy, of: key, in: "cars")
            let sets = (other?.namespaces ?? []) + set.namespaces
            return network.transaction(of: "cars", ReadWriteSet(namespaces: sets), endorsedBy: endorsers)
        }
        #expect(try network.codes(write("a"), write("b"), write("c"), write("d")).allSatisfy(\.isValid))

        // Well endorsed; badly endorsed; well endorsed in this namespace, but not in the other; forged.
        var forged = change("d", [ash])
        forged.changeEnvelope = { $0.signature = Bytes("wrong") }
        let changes = [
            change("a", [ash]), change("b", [cherry]), change("c", [ash], also: .writing([("k", "v")], in: "boats")),
            forged,
        ]
        let codes = try network.commit(
            (changes + ["a", "b", "c", "d"].map(write)).map { try $0.envelope() }
        ).map(\.code)
        #expect(
            codes == [
                .valid, .endorsementPolicyFailure, .endorsementPolicyFailure, .badCreatorSignature,
                .endorsementPolicyFailure, .valid, .endorsementPolicyFailure, .valid,
            ])
        // A second change of the same key is barred too, and then bars nobody itself.
        let second = try network.codes(change("b", [ash]), change("b", [ash]), write("b"), write("e"))
        #expect(second == [.valid, .endorsementPolicyFailure, .endorsementPolicyFailure, .valid])
    }

    // MARK: - Configuration

    @Test("an organization added by a config block endorses from the next block on")
    func addedOrganization() throws {
        var (network, ash, _, _) = try Self.networkWithCars()
        let elm = try MadeOrganization("Elm")
        let trucks = network.definition("trucks", policy: .peers(1, of: [elm]), endorsedBy: network.members)
        #expect(try network.codes(trucks) == [.valid])
        func transaction() -> GoldenTransaction {
            network.transaction(of: "trucks", .writing([("k", "v")], in: "trucks"), endorsedBy: [ash, elm])
        }
        #expect(try network.codes(transaction()) == [.endorsementPolicyFailure])
        let envelope = try network.configEnvelope {
            $0.groups[ConfigKey.application]?.groups[Bytes("Elm")] = ConfigGroup(
                applicationOrganization: elm.description())
        }
        #expect(try network.commit([envelope]) == [.valid])
        #expect(network.channel.configuration.sequence == 1)
        #expect(try network.codes(transaction()) == [.valid])
    }

    @Test("a configuration that does not follow halts the channel with the block's number")
    func wrongConfiguration() throws {
        var network = try Self.network()
        let envelope = try network.configEnvelope {
            $0.groups[ConfigKey.orderer]?.values[ConfigKey.batchTimeout] = ConfigValue(
                BatchTimeout(timeout: "1s"), modPolicy: ConfigKey.admins)
        }
        #expect(try network.commit([envelope]) == [.valid])
        // The same step again: its update asks for versions that are gone.
        #expect {
            try network.commit([envelope])
        } throws: { error in
            let halt = error as? ValidationHalt
            return halt?.code == .configuration && halt?.message.contains("block 2") == true
        }
    }

    @Test("a config transaction by nobody of the channel gets 4 and changes nothing")
    func configurationByStranger() throws {
        var network = try Self.network()
        let envelope = try Envelope(
            decoding: network.configEnvelope {
                $0.groups[ConfigKey.orderer]?.values[ConfigKey.batchTimeout] = ConfigValue(
                    BatchTimeout(timeout: "1s"), modPolicy: ConfigKey.admins)
            })
        let forged = Envelope(payload: envelope.payload, signature: Bytes("wrong")).encoded()
        #expect(try network.commit([forged]).map(\.code) == [.badCreatorSignature])
        #expect(network.channel.configuration.sequence == 0)
    }

    // MARK: - Ordering

    @Test("BFT: a quorum of consenters named by number signs a block; fewer, unknown or repeated ones do not suffice")
    func bftSignatures() throws {
        let orderers = try (1...4).map { try MadeOrganization("Order\($0)", keys: $0 == 2 ? .ed25519 : .ecdsa(.p256)) }
        let capabilities = ChannelCapabilities(channel: .v30, orderer: .v20, application: .v25)
        var network = try MadeNetwork(
            orderers: orderers, members: Self.members.get(), capabilities: capabilities, isBFT: true)
        let transaction = network.definition(
            "cars", policy: .peers(1, of: network.members), endorsedBy: network.members)
        let unsigned = Block(following: network.channel.header, envelopes: [try transaction.envelope()])

        func signed(_ signers: [(id: UInt32, orderer: GoldenSigner)], byHeader: Bool = false) throws -> Block {
            var block = unsigned
            let value = OrdererBlockMetadata(lastConfig: LastConfig(index: 0)).encoded()
            let signatures = try signers.map { id, orderer in
                var signature = MetadataSignature()
                if byHeader {
                    signature.signatureHeader = SignatureHeader(creator: orderer.identity, nonce: Bytes("n")).encoded()
                } else {
                    signature.identifierHeader = IdentifierHeader(identifier: id, nonce: Bytes("n")).encoded()
                }
                signature.signature = try orderer.sign(
                    signature.signedBytes(value: value, header: block.header, allowsIdentifier: true))
                return signature
            }
            block.metadata[.signatures] = Metadata(value: value, signatures: signatures).encoded()
            return block
        }
        let consenters: [(id: UInt32, orderer: GoldenSigner)] = orderers.enumerated().map {
            (UInt32($0.offset + 1), $0.element.orderer)
        }
        func isRefused(_ block: Block) -> Bool {
            do throws(BlockRefusal) {
                try BlockVerification.check(
                    PreparedBlock(block), after: network.channel.header,
                    configuration: network.channel.configuration)
                return false
            } catch {
                return error.code == .signature
            }
        }
        #expect(!isRefused(try signed(Array(consenters[..<3]))))
        #expect(!isRefused(try signed(Array(consenters[1...]))))
        let unknown: (id: UInt32, orderer: GoldenSigner) = (9, orderers[0].orderer)
        #expect(!isRefused(try signed([unknown] + Array(consenters[1...]))))
        #expect(!isRefused(try signed(Array(consenters[1...]), byHeader: true)))
        #expect(isRefused(try signed(Array(consenters[..<2]))))
        #expect(isRefused(try signed([consenters[0], consenters[0], consenters[1]])))
        #expect(isRefused(try signed([unknown, consenters[1], consenters[2]])))
        #expect(isRefused(try signed([(1, orderers[1].orderer), consenters[2], consenters[3]])))
        #expect(isRefused(try signed([])))
        #expect(try network.commit(signed(consenters)).map(\.code) == [.valid])
    }

    @Test("identities with P-384 keys create, endorse and order; Ed25519 only under V3_0")
    func keyKinds() throws {
        func codes(_ keys: PrivateKey.Algorithm, _ channel: ChannelCapabilities.Channel) throws -> [ValidationCode] {
            let capabilities = ChannelCapabilities(channel: channel, orderer: .v20, application: .v20)
            let orderer = try MadeOrganization("Order")
            let members = try ["Ash", "Beech"].map { try MadeOrganization($0, keys: keys) }
            var network = try MadeNetwork(orderers: [orderer], members: members, capabilities: capabilities)
            return try network.codes(
                network.definition("cars", policy: .peers(1, of: members), endorsedBy: members))
        }
        #expect(try codes(.ecdsa(.p384), .v20) == [.valid])
        #expect(try codes(.ecdsa(.p384), .v143) == [.valid])
        #expect(try codes(.ed25519, .v30) == [.valid])
        #expect(try codes(.ed25519, .v20) == [.badCreatorSignature])
    }
}
