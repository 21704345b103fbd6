internal import FabricTypes
internal import GoldenLedger
internal import Membership
internal import Testing

@Suite("Signature policy texts")
struct SignaturePolicyTextTests {
    @Test("a text becomes gates over leaves with an identity each, in textual order")
    func structure() throws {
        let policy = try SignaturePolicyText.policy("OR('A.member', AND('B.peer', 'A.member'))")

        #expect(policy.rule == .nOutOf(1, [.signedBy(0), .nOutOf(2, [.signedBy(1), .signedBy(2)])]))
        #expect(policy.identities.map(\.description) == ["A.member", "B.peer", "A.member"])
        #expect(policy.version == 0)
    }

    @Test("a recorded policy's text gives the recorded bytes")
    func recordedBytes() throws {
        let policy = try SignaturePolicyText.policy("OR('AlderMSP.admin', 'AlderMSP.peer', 'AlderMSP.client')")

        #expect(
            policy.encoded().hex
                == "1210" + "120e" + "0801" + "12020800" + "12020801" + "12020802"
                + "1a0e120c0a08416c6465724d53501001" + "1a0e120c0a08416c6465724d53501003"
                + "1a0e120c0a08416c6465724d53501002")
    }

    @Test(
        "accepted spellings and their canonical form",
        arguments: [
            ("AND('A.peer','B.peer')", "AND('A.peer', 'B.peer')"),
            ("And('A.peer','B.peer')", "AND('A.peer', 'B.peer')"),
            ("and('A.peer','B.peer')", "AND('A.peer', 'B.peer')"),
            ("OR('A.peer','B.admin')", "OR('A.peer', 'B.admin')"),
            ("Or('A.client','B.orderer')", "OR('A.client', 'B.orderer')"),
            ("or('A.peer','B.member')", "OR('A.peer', 'B.member')"),
            ("OutOf(2,'A.peer','B.peer','C.peer')", "OutOf(2, 'A.peer', 'B.peer', 'C.peer')"),
            ("outof(2,'A.peer','B.peer','C.peer')", "OutOf(2, 'A.peer', 'B.peer', 'C.peer')"),
            ("OUTOF(2,'A.peer','B.peer','C.peer')", "OutOf(2, 'A.peer', 'B.peer', 'C.peer')"),
            ("OutOf('1', 'A.member', 'B.member')", "OR('A.member', 'B.member')"),
            ("OutOf(0,'A.peer')", "OutOf(0, 'A.peer')"),
            ("OutOf(2,'A.peer')", "OutOf(2, 'A.peer')"),
            ("AND('A.peer')", "OR('A.peer')"),
            (" \n AND ( 'A.peer' ,\t'B.peer' ) \r\n", "AND('A.peer', 'B.peer')"),
            ("OR(\"A.peer\", 'B.peer')", "OR('A.peer', 'B.peer')"),
            (
                "OR('MSP.WITH.DOTS.member', 'MSP-WITH-DASHES.member')",
                "OR('MSP.WITH.DOTS.member', 'MSP-WITH-DASHES.member')"
            ),
            ("OR('peer.peer', '..peer', '9.admin')", "OR('peer.peer', '..peer', '9.admin')"),
        ])
    func accepted(text: String, canonical: String) throws {
        let policy = try SignaturePolicyText.policy(text)

        #expect(SignaturePolicyText.text(of: policy) == canonical)
        #expect(try SignaturePolicyText.policy(canonical) == policy)
    }

    @Test(
        "refused texts and the position of the fault",
        arguments: [
            ("", 0, "empty"),
            ("   ", 3, "empty"),
            ("'A.peer'", 0, "gate"),
            ("aND('A.peer')", 0, "gate"),
            ("Outof(1, 'A.peer')", 0, "gate"),
            ("outOf(1, 'A.peer')", 0, "gate"),
            ("NOT('A.peer')", 0, "gate"),
            ("AND", 3, "parenthesis"),
            ("AND 'A.peer'", 4, "parenthesis"),
            ("AND()", 4, "rule must stand here"),
            ("OR('A.peer',)", 12, "rule must stand here"),
            ("OR(,'A.peer')", 3, "rule must stand here"),
            ("OR('A.peer' 'B.peer')", 12, "comma or a closing"),
            ("OR('A.peer'", 11, "closing parenthesis"),
            ("OR('A.peer", 3, "closing quote"),
            ("OR('A.peer\")", 3, "closing quote"),
            ("OR('A.peer'))", 12, "nothing may follow"),
            ("OR('A.peer') OR('B.peer')", 13, "nothing may follow"),
            ("OR(A.peer)", 3, "in quotes"),
            ("OR('A.member', Bmember)", 15, "in quotes"),
            ("OR('A.member', 'Bmember')", 16, "MSP ID, a dot and a role"),
            ("OR('')", 4, "MSP ID, a dot and a role"),
            ("OR('.peer')", 4, "MSP ID, a dot and a role"),
            ("OR('A.')", 6, "roles"),
            ("OR('A.Peer')", 6, "roles"),
            ("OR('A.user')", 6, "roles"),
            ("OR('A.peer ')", 6, "roles"),
            ("OR(' A.peer')", 4, "letters, digits"),
            ("OR('Org_1.peer')", 7, "letters, digits"),
            ("OR('Örg.peer')", 4, "letters, digits"),
            ("OutOf('A.peer')", 7, "number"),
            ("OutOf(1)", 7, "comma"),
            ("OutOf(1,)", 8, "rule must stand here"),
            ("OutOf(-1, 'A.peer')", 6, "number"),
            ("OutOf(1.0, 'A.peer')", 7, "comma"),
            ("OutOf(true, 'A.peer')", 6, "number"),
            ("OutOf(1, 2)", 9, "rule must stand here"),
            ("OutOf(3, 'A.peer')", 6, "at most 2"),
            ("OutOf(99999999999999999999, 'A.peer')", 6, "number"),
        ])
    func refused(text: String, offset: Int, reason: String) throws {
        let error = try #require(throws: InvalidPolicyText.self) { try SignaturePolicyText.policy(text) }

        #expect(error.utf8Offset == offset)
        #expect(error.reason.contains(reason))
        #expect(error.description.contains("(position \(offset + 1))"))
    }

    @Test("gates may stand 32 deep, not deeper, and such a policy still compiles after its journey")
    func nesting() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "AND(", count: depth) + "'A.peer'" + String(repeating: ")", count: depth)
        }
        let deep = try SignaturePolicyText.policy(nested(SignaturePolicyText.nestingMax))

        #expect(throws: Never.self) { try SignaturePolicyEvaluator(decoding: deep.encoded()) }
        #expect(throws: InvalidPolicyText.self) {
            try SignaturePolicyText.policy(nested(SignaturePolicyText.nestingMax + 1))
        }
    }

    @Test("a text beyond the limit is refused unread")
    func tooLong() {
        let text = "OR('A.peer'" + String(repeating: " ", count: SignaturePolicyText.byteCountMax) + ")"

        #expect(throws: InvalidPolicyText.self) { try SignaturePolicyText.policy(text) }
    }

    @Test("policies that no text can say have none")
    func inexpressible() {
        let identity = MSPPrincipal(SerializedIdentity(mspID: MSPID("A"), idBytes: Bytes("pem")))
        let underscore = MSPPrincipal(MSPRole(.peer, of: MSPID("Org_1")))
        let peer = MSPPrincipal(MSPRole(.peer, of: MSPID("A")))
        for policy in [
            SignaturePolicyEnvelope(rule: .nOutOf(1, [.signedBy(0)]), identities: [identity]),
            SignaturePolicyEnvelope(rule: .nOutOf(1, [.signedBy(0)]), identities: [underscore]),
            SignaturePolicyEnvelope(rule: .nOutOf(1, [.signedBy(1)]), identities: [peer]),
            SignaturePolicyEnvelope(rule: .nOutOf(3, [.signedBy(0)]), identities: [peer]),
            SignaturePolicyEnvelope(rule: .nOutOf(0, []), identities: [peer]),
            SignaturePolicyEnvelope(rule: .signedBy(0), identities: [peer]),
            SignaturePolicyEnvelope(),
        ] {
            #expect(SignaturePolicyText.text(of: policy) == nil)
        }
        #expect(identity.description == "one particular identity of A")
    }

    @Test("every random policy survives its text", arguments: Seeds.sample(200))
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let policy = RandomPolicies.policy(&random)

        let text = try #require(SignaturePolicyText.text(of: policy), "seed \(seed)")

        #expect(try SignaturePolicyText.policy(text) == policy, "seed \(seed)")
    }

    @Test("mutated texts are read or refused, never fatal", arguments: Seeds.sample(200))
    func mutated(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bytes = Array(try #require(SignaturePolicyText.text(of: RandomPolicies.policy(&random))).utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.remove(at: position)
            case 1: bytes[position] = "()',.\"0AOo \u{7F}".utf8.randomElement(using: &random) ?? 0
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)

        if let policy = try? SignaturePolicyText.policy(text) {
            let again = try #require(SignaturePolicyText.text(of: policy), "seed \(seed)")
            #expect(try SignaturePolicyText.policy(again) == policy, "seed \(seed)")
        }
    }
}

@Suite("Implicit policy texts")
struct ImplicitMetaPolicyTextTests {
    @Test("a rule and a name", arguments: [("ANY Readers", 0 as Int32), ("ALL Writers", 1), ("MAJORITY Admins", 2)])
    func accepted(text: String, rule: Int32) throws {
        let policy = try ImplicitMetaPolicy(text: text)

        #expect(policy.ruleNumber == rule)
        #expect(policy.text == text)
    }

    @Test(
        "refused texts",
        arguments: [
            ("", 0), ("ANY", 3), ("ANY ", 3), ("any Readers", 0), ("Any Readers", 0), ("SOME Readers", 0),
            ("ANY  Readers", 3), (" ANY Readers", 0), ("ANY Readers ", 3), ("ANY Readers Writers", 3),
            ("ANYReaders", 0),
        ])
    func refused(text: String, offset: Int) throws {
        let error = try #require(throws: InvalidPolicyText.self) { try ImplicitMetaPolicy(text: text) }

        #expect(error.utf8Offset == offset)
    }
}
