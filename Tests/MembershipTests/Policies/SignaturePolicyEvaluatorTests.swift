internal import FabricTypes
internal import GoldenLedger
internal import Membership
internal import Testing

@Suite("Signature policy evaluation")
struct SignaturePolicyEvaluatorTests {
    static let message = Bytes("message")

    /// Whether the people, signing in this order, satisfy the policy.
    static func isSatisfied(_ policy: SignaturePolicyEnvelope, by people: [FakePerson]) throws -> Bool {
        try SignaturePolicyEvaluator(policy).isSatisfied(by: signers(people))
    }

    static func signers(_ people: [FakePerson]) -> VerifiedSigners {
        VerifiedSigners(people.map { $0.claim(message) }, resolver: FakeOrganizations(people))
    }

    struct Case: CustomTestStringConvertible {
        let policy: String
        let people: [FakePerson]
        let isSatisfied: Bool

        init(_ policy: String, _ people: [FakePerson], _ isSatisfied: Bool) {
            self.policy = policy
            self.people = people
            self.isSatisfied = isSatisfied
        }

        var testDescription: String { "\(policy) by \(people.map { "\($0.mspID).\($0.name)" })" }
    }

    @Test(
        "who satisfies what",
        arguments: [
            Case("OR('A.peer')", [.peer("A")], true),
            Case("OR('A.peer')", [.client("A")], false),
            Case("OR('A.peer')", [.peer("B")], false),
            Case("OR('A.peer')", [], false),
            Case("OR('A.member')", [.orderer("A")], true),
            Case("AND('A.peer', 'B.peer')", [.peer("A")], false),
            Case("AND('A.peer', 'B.peer')", [.peer("B"), .peer("A")], true),
            Case("OutOf(2, 'A.peer', 'B.peer', 'C.peer')", [.peer("C"), .peer("A")], true),
            Case("OutOf(2, 'A.peer', 'B.peer', 'C.peer')", [.peer("C"), .client("A")], false),
            // Nothing is demanded, or more than there is.
            Case("OutOf(0, 'A.peer')", [], true),
            Case("OutOf(2, 'A.peer')", [.peer("A"), .peer("A", "second")], false),
            // One signer cannot stand for two leaves.
            Case("AND('A.member', 'A.member')", [.peer("A")], false),
            Case("AND('A.member', 'A.member')", [.peer("A"), .client("A")], true),
            // Greedy: the first leaf takes the first signer that fits, whoever else might need it.
            Case("AND('A.member', 'A.admin')", [.client("A"), .admin("A")], true),
            Case("AND('A.member', 'A.admin')", [.admin("A"), .client("A")], false),
            Case("AND('A.admin', 'A.member')", [.client("A"), .admin("A")], true),
            Case("AND('A.admin', 'A.member')", [.admin("A"), .client("A")], true),
            // A gate that fails gives back what it took.
            Case("OR(AND('A.member', 'B.member'), 'A.member')", [.client("A")], true),
            Case("AND(OR(AND('A.member', 'B.member'), 'A.admin'), 'A.member')", [.admin("A"), .client("A")], true),
            // A gate that is satisfied early still evaluates, and takes, the rest.
            Case("AND(OR('A.member', 'B.member'), 'B.member')", [.client("A"), .client("B")], false),
            Case("AND('B.member', OR('A.member', 'B.member'))", [.client("A"), .client("B")], true),
        ])
    func table(example: Case) throws {
        let policy = try SignaturePolicyText.policy(example.policy)

        #expect(try Self.isSatisfied(policy, by: example.people) == example.isSatisfied)
        let missing = try SignaturePolicyEvaluator(policy).missing(for: Self.signers(example.people))
        // Whoever satisfies a policy misses nobody; who does not, misses somebody, unless more is asked than listed.
        if example.isSatisfied { #expect(missing.isEmpty) }
        if !example.isSatisfied, example.policy != "OutOf(2, 'A.peer')" { #expect(!missing.isEmpty) }
    }

    @Test("an identity that is not valid satisfies nothing")
    func invalidIdentity() throws {
        var person = FakePerson.peer("A")
        person.isValid = false

        #expect(try !Self.isSatisfied(SignaturePolicyText.policy("OR('A.member')"), by: [person]))
    }

    @Test("leaves may share an identity of the list")
    func sharedIdentities() throws {
        let policy = SignaturePolicyEnvelope(
            rule: .nOutOf(2, [.signedBy(0), .signedBy(0)]), identities: [MSPPrincipal(MSPRole(.member, of: MSPID("A")))]
        )

        #expect(try !Self.isSatisfied(policy, by: [.peer("A")]))
        #expect(try Self.isSatisfied(policy, by: [.peer("A"), .client("A")]))
    }

    @Test("a bare leaf is a policy too")
    func bareLeaf() throws {
        let policy = SignaturePolicyEnvelope(
            rule: .signedBy(0), identities: [MSPPrincipal(MSPRole(.peer, of: MSPID("A")))])

        #expect(try Self.isSatisfied(policy, by: [.peer("A")]))
        #expect(try !Self.isSatisfied(policy, by: [.client("A")]))
    }

    @Test("a negative count is no demand, as in Fabric")
    func negativeCount() throws {
        let policy = SignaturePolicyEnvelope(rule: .nOutOf(-1, []), identities: [])

        #expect(try Self.isSatisfied(policy, by: []))
    }

    @Test("principals of unknown kind are satisfied by nobody and end nothing")
    func unknownPrincipal() throws {
        let policy = SignaturePolicyEnvelope(
            rule: .nOutOf(1, [.signedBy(0), .signedBy(1)]),
            identities: [
                MSPPrincipal(classification: 9, principal: Bytes("?")), MSPPrincipal(MSPRole(.peer, of: MSPID("A"))),
            ])

        #expect(try Self.isSatisfied(policy, by: [.peer("A")]))
        #expect(try !Self.isSatisfied(policy, by: [.client("A")]))
    }

    @Test(
        "policies that do not compile",
        arguments: [
            SignaturePolicyEnvelope(rule: .signedBy(0), identities: []),
            SignaturePolicyEnvelope(rule: .signedBy(-1), identities: [MSPPrincipal()]),
            SignaturePolicyEnvelope(rule: .nOutOf(1, [.signedBy(1)]), identities: [MSPPrincipal()]),
            SignaturePolicyEnvelope(rule: .nOutOf(1, [SignaturePolicy()]), identities: [MSPPrincipal()]),
            SignaturePolicyEnvelope(rule: SignaturePolicy(), identities: []),
            SignaturePolicyEnvelope(),
        ])
    func malformed(policy: SignaturePolicyEnvelope) {
        #expect { try SignaturePolicyEvaluator(policy) } throws: { ($0 as? PolicyError)?.code == .malformed }
    }

    @Test("the version of a chaincode's or key's policy plays no part, as in Fabric")
    func version() throws {
        var policy = try SignaturePolicyText.policy("OR('A.peer')")
        policy.version = 1

        #expect(try Self.isSatisfied(policy, by: [.peer("A")]))
    }

    @Test("bytes that are no policy are refused")
    func undecodable() {
        #expect(throws: PolicyError.self) { try SignaturePolicyEvaluator(decoding: Bytes([0x12, 0x05])) }
    }

    @Test("who is missing is told in the policy's order, each organisation once")
    func missing() throws {
        let policy = try SignaturePolicyText.policy("AND('A.peer', OR('B.peer', 'C.admin'), 'B.client')")
        let named = ChannelPolicy(
            name: "The endorsement policy of goods", signature: try SignaturePolicyEvaluator(policy))

        let error = try #require(throws: PolicyError.self) { try named.check(Self.signers([.peer("A")])) }

        #expect(error.code == .notSatisfied)
        #expect(error.missing.map(\.description) == ["B.peer", "C.admin", "B.client"])
        #expect(error.missingOrganizations == [MSPID("B"), MSPID("C")])
        #expect(
            error.message
                == "The endorsement policy of goods is not satisfied: it asks for "
                + "AND('A.peer', OR('B.peer', 'C.admin'), 'B.client'), missing B.peer, C.admin, B.client; "
                + "signatures counted: A.")
    }

    /// The rule of 6.2 written down once more, without cleverness.
    static func model(_ policy: SignaturePolicy, _ principals: [MSPPrincipal], _ people: [FakePerson], _ used: [Bool])
        -> [Bool]?
    {
        switch policy.rule {
        case .signedBy(let index):
            guard let (mspID, role) = principals[Int(index)].role else { return nil }
            for (position, person) in people.enumerated() where !used[position] {
                if person.mspID == mspID, role == .member || role == person.role {
                    var after = used
                    after[position] = true
                    return after
                }
            }
            return nil
        case .nOutOf(let gate):
            var current = used
            var count = 0
            for rule in gate.rules {
                if let after = model(rule, principals, people, current) {
                    current = after
                    count += 1
                }
            }
            return count >= gate.n ? current : nil
        case nil:
            return nil
        }
    }

    @Test("random policies and signers agree with the model", arguments: Seeds.sample(200))
    func model(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let policy = RandomPolicies.policy(&random)
        let people = RandomPolicies.people(&random)

        let isSatisfied = try Self.isSatisfied(policy, by: people)

        let expected =
            Self.model(try #require(policy.rule), policy.identities, people, people.map { _ in false }) != nil
        #expect(isSatisfied == expected, "seed \(seed)")
    }
}

enum RandomPolicies {
    static let organizations = ["A", "B", "C"]

    static func policy(_ random: inout SeededGenerator) -> SignaturePolicyEnvelope {
        var identities: [MSPPrincipal] = []
        let rule = gate(&random, depth: 3, &identities)
        return SignaturePolicyEnvelope(rule: rule, identities: identities)
    }

    private static func gate(
        _ random: inout SeededGenerator, depth: Int, _ identities: inout [MSPPrincipal]
    ) -> SignaturePolicy {
        let count = Int.random(in: 1...4, using: &random)
        var rules: [SignaturePolicy] = []
        for _ in 0..<count {
            if depth > 1, Int.random(in: 0..<3, using: &random) == 0 {
                rules.append(gate(&random, depth: depth - 1, &identities))
            } else {
                let role = MSPRole.Role.allCases.randomElement(using: &random) ?? .member
                let organization = organizations.randomElement(using: &random) ?? "A"
                identities.append(MSPPrincipal(MSPRole(role, of: MSPID(organization))))
                rules.append(.signedBy(Int32(identities.count - 1)))
            }
        }
        return .nOutOf(Int32.random(in: 0...Int32(count + 1), using: &random), rules)
    }

    static func people(_ random: inout SeededGenerator) -> [FakePerson] {
        (0..<Int.random(in: 0...6, using: &random)).map { index in
            FakePerson(
                mspID: MSPID(organizations.randomElement(using: &random) ?? "A"), name: "person \(index)",
                role: MSPRole.Role.allCases.randomElement(using: &random) ?? .client)
        }
    }
}
