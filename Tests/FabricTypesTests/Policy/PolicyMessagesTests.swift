internal import FabricTypes
internal import Testing

@Suite("Policy messages")
struct PolicyMessagesTests {
    @Test("the first identity's index is written although it is zero")
    func signedByZero() throws {
        let envelope = SignaturePolicyEnvelope(rule: .signedBy(0), identities: [])

        #expect(envelope.encoded().hex == "12020800")
        #expect(try SignaturePolicyEnvelope(decoding: envelope.encoded()) == envelope)
    }

    @Test("a rule without a member is not the first identity")
    func absentRule() throws {
        #expect(try SignaturePolicy(decoding: Bytes()).rule == nil)
        #expect(try SignaturePolicyEnvelope(decoding: Bytes()).rule == nil)
        #expect(try SignaturePolicyEnvelope(decoding: Bytes([0x12, 0x00])).rule == SignaturePolicy())
    }

    @Test("a gate that comes in two pieces is merged; another member replaces it")
    func oneofMerges() throws {
        let pieces = try #require(Bytes(hex: "12020802" + "12041202" + "0801"))
        let policy = try SignaturePolicy(decoding: pieces)
        #expect(policy == .nOutOf(2, [.signedBy(1)]))

        let replaced = try SignaturePolicy(decoding: try #require(Bytes(hex: "12020802" + "0805")))
        #expect(replaced == .signedBy(5))
    }

    @Test("an endorsement policy is a signature policy or a reference")
    func applicationPolicy() throws {
        let reference = ApplicationPolicy(.channelConfigPolicyReference(Bytes("/Channel/Application/Endorsement")))
        #expect(try ApplicationPolicy(decoding: reference.encoded()) == reference)

        let own = ApplicationPolicy(.signaturePolicy(SignaturePolicyEnvelope(rule: .signedBy(0), identities: [])))
        #expect(own.encoded().hex == "0a0412020800")
        #expect(try ApplicationPolicy(decoding: own.encoded()) == own)
        #expect(try ApplicationPolicy(decoding: Bytes()).kind == nil)
    }

    @Test("role principals are written as Fabric's tools write them")
    func rolePrincipal() throws {
        let peer = MSPPrincipal(MSPRole(.peer, of: try MSPID(validating: "AlderMSP")))
        #expect(peer.encoded().hex == "120c0a08416c6465724d53501003")

        let member = MSPPrincipal(MSPRole(.member, of: try MSPID(validating: "AlderMSP")))
        #expect(member.encoded().hex == "120a0a08416c6465724d5350")
    }

    @Test("an implicit policy's unknown rule survives")
    func implicitMeta() throws {
        let policy = ImplicitMetaPolicy(.majority, of: Bytes("Admins"))
        #expect(policy.encoded().hex == "0a0641646d696e731002")

        let unknown = try ImplicitMetaPolicy(decoding: Bytes([0x10, 0x07]))
        #expect(unknown.rule == nil)
        #expect(unknown.encoded().hex == "1007")
    }
}
