internal import FabricTypes
internal import Testing

@testable internal import Membership

@Suite("Block signatures of several orderers")
struct BFTBlockSignaturesTests {
    static let orderers = (1...4).map { FakePerson.orderer("H", "consenter \($0)") }
    static let header = BlockHeader(number: 7, previousHash: Bytes("previous"), dataHash: Bytes("data"))
    static let value = OrdererBlockMetadata(lastConfig: LastConfig(index: 3)).encoded()

    static func configuration(channel: ChannelCapabilities.Channel = .v30) throws -> ChannelConfiguration {
        let consenters = try orderers.enumerated().map { index, orderer in
            var consenter = Consenter()
            consenter.id = UInt32(index + 1)
            consenter.mspID = orderer.mspID.bytes
            consenter.identity = try SerializedIdentity(decoding: orderer.serialized).idBytes
            return consenter
        }
        var description = try TestChannel.description()
        if channel == .v30 {
            description.consensus = .bft(consenters, options: Bytes())
        }
        description.capabilities = ChannelCapabilities(channel: channel, orderer: .v20, application: .v25)
        return try TestChannel.configuration(description.config.channelGroup ?? ConfigGroup())
    }

    /// A signature that names its consenter by number.
    static func byNumber(_ number: Int, signer: FakePerson? = nil) -> MetadataSignature {
        var signature = MetadataSignature()
        signature.identifierHeader = IdentifierHeader(identifier: UInt32(number), nonce: Bytes("nonce")).encoded()
        signature.signature = (signer ?? orderers[number - 1]).sign([
            value, signature.identifierHeader, header.derBytes,
        ])
        return signature
    }

    /// A signature that carries its signer's identity.
    static func byCreator(_ signer: FakePerson) -> MetadataSignature {
        var signature = MetadataSignature()
        signature.signatureHeader = SignatureHeader(creator: signer.serialized, nonce: Bytes("nonce")).encoded()
        signature.signature = signer.sign([value, signature.signatureHeader, header.derBytes])
        return signature
    }

    static func isSatisfied(_ signatures: [MetadataSignature], by configuration: ChannelConfiguration) throws -> Bool {
        var metadata = BlockMetadata.empty
        metadata[.signatures] = Metadata(value: value, signatures: signatures).encoded()
        do {
            try BlockSignatureVerifier(configuration).verify(header: header, metadata: metadata)
            return true
        } catch let error as PolicyError {
            #expect(error.code == .notSatisfied)
            return false
        }
    }

    @Test("three of four consenters are needed, by number or with their identity")
    func quorum() throws {
        let configuration = try Self.configuration()

        #expect(try Self.isSatisfied([1, 2, 3].map { Self.byNumber($0) }, by: configuration))
        #expect(try Self.isSatisfied([4, 1, 3].map { Self.byNumber($0) }, by: configuration))
        #expect(try !Self.isSatisfied([1, 2].map { Self.byNumber($0) }, by: configuration))
        #expect(
            try Self.isSatisfied(
                [Self.byNumber(1), Self.byCreator(Self.orderers[1]), Self.byNumber(3)], by: configuration))
    }

    @Test("one consenter counts once, and nobody signs for another")
    func fraud() throws {
        let configuration = try Self.configuration()

        #expect(
            try !Self.isSatisfied([Self.byNumber(1), Self.byNumber(2), Self.byNumber(2)], by: configuration))
        #expect(
            try !Self.isSatisfied(
                [Self.byNumber(1), Self.byNumber(2), Self.byCreator(Self.orderers[1])], by: configuration))
        #expect(
            try !Self.isSatisfied(
                [Self.byNumber(1), Self.byNumber(2), Self.byNumber(3, signer: Self.orderers[3])], by: configuration))
    }

    @Test("a number that no consenter has is passed over")
    func unknownNumber() throws {
        let configuration = try Self.configuration()
        let stranger = Self.byNumber(9, signer: Self.orderers[3])

        #expect(try !Self.isSatisfied([Self.byNumber(1), Self.byNumber(2), stranger], by: configuration))
        #expect(
            try Self.isSatisfied([stranger, Self.byNumber(1), Self.byNumber(2), Self.byNumber(4)], by: configuration))
    }

    @Test("below V3_0 numbers mean nothing, identities do")
    func belowV3() throws {
        let configuration = try Self.configuration(channel: .v20)

        #expect(try !Self.isSatisfied([1, 2, 3, 4].map { Self.byNumber($0) }, by: configuration))
        #expect(try Self.isSatisfied([Self.byCreator(.orderer("H"))], by: configuration))
        #expect(try !Self.isSatisfied([Self.byCreator(.peer("A"))], by: configuration))
    }

    @Test("headers that cannot be read are refused")
    func unreadable() throws {
        let configuration = try Self.configuration()
        var number = Self.byNumber(1)
        number.identifierHeader = Bytes([0x08])
        var creator = Self.byCreator(Self.orderers[0])
        creator.signatureHeader = Bytes([0x0A, 0x7F])

        for signature in [number, creator] {
            #expect(throws: WireError.self) { try Self.isSatisfied([signature], by: configuration) }
        }
    }
}
