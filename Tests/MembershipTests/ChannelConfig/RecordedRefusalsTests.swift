internal import FabricTypes
internal import GoldenLedger
internal import Membership
internal import Testing

@Suite("Recorded refusals")
struct RecordedRefusalsTests {
    let recorded: RecordedConfigurations
    let refused: [GoldenJSON]

    init() throws {
        recorded = try RecordedConfigurations.read.get()
        refused = try RecordedConfigurations.files.json("broadcast/refused.json").array
    }

    func configuration(of refusal: GoldenJSON) throws -> ChannelConfiguration {
        try recorded.configuration(ledgerHeight: Int(try refusal["ledgerHeight"].integer))
    }

    @Test("config updates that the recorded orderer refused are refused in its words")
    func updates() throws {
        let refusals = try refused.filter { refusal in
            let id = try refusal["id"].string
            return id.hasPrefix("cu-") || id == "bc-update-garbage"
        }
        #expect(refusals.count == 16)

        for refusal in refusals {
            let configuration = try configuration(of: refusal)
            let id = try refusal["id"].string
            let update = try refusal["envelope"].base64
            let error = try #require(throws: ConfigError.self, "\(id)") { try configuration.proposing(update: update) }
            #expect(try error.stockMessage == refusal["info"].string, "\(id)")
            #expect(error.message != error.stockMessage, "\(id)")
        }
    }

    @Test("whose signatures an update lacks is told")
    func missing() throws {
        let refusal = try #require(try refused.first { try $0["id"].string == "cu-one-signature" })
        let configuration = try configuration(of: refusal)
        let update = try refusal["envelope"].base64

        let error = try #require(throws: ConfigError.self) { try configuration.proposing(update: update) }

        #expect(error.code == .notAuthorized)
        #expect(error.missing.map(\.description) == ["BirchMSP.admin", "CedarMSP.admin"])
        #expect(error.message.hasPrefix("The value /Channel/Application/ACLs may not be changed: "))
    }

    @Test("envelopes from nobody the channel lets write are refused in the recorded orderer's words")
    func writers() throws {
        let refusals = try refused.filter { refusal in
            try refusal["info"].string.hasSuffix("permission denied")
        }
        #expect(refusals.count == 4)
        for refusal in refusals {
            let configuration = try configuration(of: refusal)
            let envelope = try Envelope(decoding: try refusal["envelope"].base64)
            let header = try #require(try Payload(decoding: envelope.payload).header)
            let claim = SignedData(
                identity: try SignatureHeader(decoding: header.signatureHeader).creator, message: [envelope.payload],
                signature: envelope.signature)

            let error = try #require(throws: PolicyError.self) {
                try configuration.policies.check(.channelWriters, [claim])
            }
            #expect(try "\(error.stockMessage): permission denied" == refusal["info"].string)
        }
    }

    @Test("proposals that the channel's policies forbid are refused in the recorded peers' words")
    func access() throws {
        let files = RecordedConfigurations.files
        let answers = try files.json("expected/refusals.json").array + files.json("expected/queries.json").array
        var checkedCount = 0
        for refusal in answers {
            let message =
                refusal["rpcError"].isNull ? refusal["message"] : refusal["rpcError"]["message"]
            guard case .string(let text) = message, text.contains("valuating policy on signed data") else { continue }
            let configuration = try configuration(of: refusal)
            let signed = try SignedProposal(decoding: try refusal["signedProposal"].base64)
            let proposal = try Proposal(decoding: signed.proposalBytes)
            let header = try Header(decoding: proposal.header)
            let claim = SignedData(
                identity: try SignatureHeader(decoding: header.signatureHeader).creator,
                message: [signed.proposalBytes], signature: signed.signature)
            let isQuery = !refusal["function"].isNull && !refusal["chaincode"].isNull
            let resource =
                try isQuery
                ? AccessResource(Bytes("\(refusal["chaincode"].string)/\(refusal["function"].string)")) : .propose

            let error = try #require(throws: PolicyError.self, "\(text)") {
                try configuration.checkAccess(to: resource, [claim])
            }
            #expect(text.contains(error.stockMessage), "\(text) against \(error.stockMessage)")
            checkedCount += 1
        }
        #expect(checkedCount >= 4)
    }
}
