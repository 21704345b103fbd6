internal import FabricTypes
internal import Membership
internal import Testing

@Suite("Verified signers")
struct VerifiedSignersTests {
    static let alice = FakePerson.client("A", "alice")
    static let bob = FakePerson.client("B", "bob")
    static let organizations = FakeOrganizations([
        alice, bob, FakePerson(mspID: MSPID("A"), name: "alice", role: .client, spelling: " "),
    ])
    static let message = Bytes("message")

    @Test("distinct signers count once each, in the order of the set")
    func orderIsKept() {
        let signers = VerifiedSigners(
            [Self.bob.claim(Self.message), Self.alice.claim(Self.message)], resolver: Self.organizations)

        #expect(signers.identities.map(\.identifier) == [Self.bob.identifier, Self.alice.identifier])
        #expect(signers.rejections.isEmpty)
    }

    @Test("the parts of a message are one run of bytes to the signer")
    func messageParts() {
        let claim = SignedData(
            identity: Self.alice.serialized, message: [Bytes("mess"), Bytes("age")],
            signature: Self.alice.sign([Self.message]))

        #expect(VerifiedSigners([claim], resolver: Self.organizations).identities.count == 1)
    }

    @Test("another spelling of an identity is the same signer")
    func spellings() {
        var other = Self.alice
        other.spelling = " "
        let signers = VerifiedSigners(
            [Self.alice.claim(Self.message), other.claim(Self.message)], resolver: Self.organizations)

        #expect(signers.identities.count == 1)
        #expect(signers.rejections.map(\.reason) == [.duplicate(MSPID("A"))])
        #expect(signers.rejections.map(\.index) == [1])
    }

    @Test("a wrong signature does not hide a right one of the same signer that follows")
    func wrongDuplicateFirst() {
        let signers = VerifiedSigners(
            [Self.alice.claim(Self.message, isRight: false), Self.alice.claim(Self.message)],
            resolver: Self.organizations)

        #expect(signers.identities.map(\.identifier) == [Self.alice.identifier])
        #expect(signers.rejections.map(\.reason) == [.wrongSignature(MSPID("A"))])
        #expect(signers.rejections.map(\.index) == [0])
    }

    @Test("a wrong signature after a right one takes nothing away")
    func wrongDuplicateLast() {
        let signers = VerifiedSigners(
            [Self.alice.claim(Self.message), Self.alice.claim(Self.message, isRight: false)],
            resolver: Self.organizations)

        #expect(signers.identities.count == 1)
    }

    @Test("unreadable identities are passed over with their reason")
    func unreadable() throws {
        let stranger = FakePerson.client("C")
        let signers = VerifiedSigners(
            [stranger.claim(Self.message), Self.bob.claim(Self.message)], resolver: Self.organizations)

        #expect(signers.identities.map(\.identifier) == [Self.bob.identifier])
        let rejection = try #require(signers.rejections.first)
        #expect(rejection.description == "signature 1: Nobody has this identity.")
    }
}
