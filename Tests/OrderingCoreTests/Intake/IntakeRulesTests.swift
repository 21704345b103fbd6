import FabricTypes
import GoldenLedger
import Membership
import OrderingCore
import Testing

@Suite("Intake rules")
struct IntakeRulesTests {
    let configuration: ChannelConfiguration
    let now = Timestamp(seconds: 1_795_219_500)

    init() throws {
        configuration = try RecordedOrderer.configuration(after: RecordedOrderer.blocks())
    }

    private func envelope(
        by name: String = "User1@alder.example", change: (inout GoldenTransaction) -> Void = { _ in }
    ) throws -> ReceivedEnvelope {
        var transaction = GoldenTransaction(
            creator: try .user(name), endorsers: [], writing: .writing([("key", "value")]))
        change(&transaction)
        return try ReceivedEnvelope(decoding: transaction.envelope())
    }

    @Test("a client's envelope is admitted")
    func admitted() throws {
        let rules = IntakeRules(configuration)
        try rules.admit(envelope(), now: now)
        try rules.recheck(envelope())
    }

    @Test("a transaction whose messages lie too deep within each other is refused", arguments: [90, 110])
    func nesting(depth: Int) throws {
        let rules = IntakeRules(configuration)
        // Groups of field 15, which no message knows: allowed anywhere, and the only thing that nests so deeply.
        let groups = Bytes(Array(repeating: 0x7B, count: depth) + Array(repeating: 0x7C, count: depth))
        let places: [(inout GoldenTransaction) -> Void] = [
            { $0.results = Bytes(joining: [$0.results, groups]) },
            { $0.changePayload = { $0.data = Bytes(joining: [$0.data, groups]) } },
            { $0.changeTransaction = { $0.actions[0].payload = Bytes(joining: [$0.actions[0].payload, groups]) } },
        ]
        for place in places {
            let envelope = try envelope(change: place)
            if depth < WireReader.depthMax {
                try rules.admit(envelope, now: now)
            } else {
                let refusal = #expect(throws: IntakeRefusal.self) { try rules.admit(envelope, now: now) }
                #expect(refusal?.response.status == .badRequest)
            }
        }
    }

    @Test("a sender's expiry is judged by the clock when an envelope comes in, and not again later")
    func expiry() throws {
        let rules = IntakeRules(configuration)
        let envelope = try envelope()
        let expiresAt = try #require(try Certificate.expiry(ofIdentity: envelope.signedData().identity))

        try rules.admit(envelope, now: Timestamp(seconds: expiresAt - 1, nanoseconds: 999_999_999))
        let refusal = #expect(throws: IntakeRefusal.self) {
            try rules.admit(envelope, now: Timestamp(seconds: expiresAt))
        }
        #expect(refusal?.response == BroadcastResponse(status: .badRequest, info: "broadcast client identity expired"))
        try rules.recheck(envelope)
    }

    @Test("what an older configuration admitted is refused under one that shuts its sender out")
    func recheck() throws {
        let blocks = try RecordedOrderer.blocks()
        // A client of BirchMSP that the channel revoked later on.
        let revoked = try #require(
            GoldenFiles.trade.json("broadcast/refused.json").array.first { try $0["id"].string == "bc-revoked" })
        let envelope = try ReceivedEnvelope(decoding: revoked["envelope"].base64)
        let configurations = try blocks.filter(\.isConfigBlock).map {
            try ChannelConfiguration(trusting: $0, signatures: SignatureTable())
        }
        let admitting = try #require(configurations.first)
        let refusing = try #require(configurations.last)

        try IntakeRules(admitting).recheck(envelope)
        let refusal = #expect(throws: IntakeRefusal.self) { try IntakeRules(refusing).recheck(envelope) }
        #expect(refusal?.response.status == .forbidden)
    }

    @Test("an unsigned envelope is refused")
    func unsigned() throws {
        let envelope = try envelope { $0.changeEnvelope = { $0.signature = Bytes() } }
        #expect(throws: IntakeRefusal.self) { try IntakeRules(configuration).admit(envelope, now: now) }
    }

    @Test("damaged envelopes are refused and never stop the orderer", arguments: Seeds.sample(100))
    func damaged(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let good = try envelope()
        let rules = IntakeRules(configuration)
        for _ in 0..<20 {
            let bytes = Bytes(random.mutated(good.canonicalBytes.array))
            do {
                let received = try ReceivedEnvelope(decoding: bytes)
                try rules.admit(received, now: now)
                // Only what leaves the signed bytes alone gets in, and then in canonical form.
                #expect(received.envelope == good.envelope, "seed \(seed)")
                try Envelope.checkCanonical(received.canonicalBytes)
            } catch is IntakeRefusal {
                continue
            }
        }
    }
}
