import FabricTypes
import GoldenLedger
import Testing

@Suite("Recorded transactions")
struct RecordedTransactionTests {
    /// An endorser transaction taken apart. Recorded ones that are damaged on purpose do not come apart.
    private struct Parts {
        let envelope: Envelope
        let header: Header
        let channelHeader: ChannelHeader
        let signatureHeader: SignatureHeader
        let action: TransactionAction
        let actionPayload: ChaincodeActionPayload
        let endorsed: ChaincodeEndorsedAction
        let responsePayload: ProposalResponsePayload

        init?(_ bytes: Bytes) throws {
            envelope = try Envelope(decoding: bytes)
            let payload = try Payload(decoding: envelope.payload)
            guard let header = payload.header else { return nil }
            self.header = header
            channelHeader = try ChannelHeader(decoding: header.channelHeader)
            signatureHeader = try SignatureHeader(decoding: header.signatureHeader)
            let actions = try Transaction(decoding: payload.data).actions
            guard actions.count == 1, let action = actions.first else { return nil }
            self.action = action
            actionPayload = try ChaincodeActionPayload(decoding: action.payload)
            guard let endorsed = actionPayload.action else { return nil }
            self.endorsed = endorsed
            responsePayload = try ProposalResponsePayload(decoding: endorsed.proposalResponsePayload)
        }
    }

    /// Every transaction of the recording: its bytes and what is known of it.
    private static func recordings() throws -> [(bytes: Bytes, expected: GoldenJSON)] {
        try zip(GoldenFiles.trade.blocks(), GoldenFiles.trade.json("expected/blocks.json").array)
            .flatMap { bytes, expected in
                zip(try Block(decoding: bytes).data.entries, try expected["transactions"].array).map { ($0, $1) }
            }
    }

    @Test("their headers say what the recording says")
    func headers() throws {
        let recordings = try Self.recordings()
        #expect(recordings.count == 633)
        for (bytes, expected) in recordings {
            #expect(Digest(of: bytes).hex == (try expected["sha256"].string))
            let payload = try Payload(decoding: Envelope(decoding: bytes).payload)
            let header = try #require(payload.header)
            let channelHeader = try ChannelHeader(decoding: header.channelHeader)
            #expect(Int64(channelHeader.type.rawValue) == (try expected["type"].integer))
            #expect(channelHeader.transactionID.utf8Text == (try expected["txid"].string))
            #expect(channelHeader.channelID.utf8Text == (try expected["channel"].string))
            // One transaction was made without a time.
            #expect((channelHeader.timestamp == nil) == expected["timestamp"].isNull)
            guard let timestamp = channelHeader.timestamp else { continue }
            #expect(timestamp.seconds == (try expected["timestamp"]["seconds"].integer))
            #expect(Int64(timestamp.nanoseconds) == (try expected["timestamp"]["nanos"].integer))
        }
    }

    @Test("envelopes encode again to the same bytes")
    func reencode() throws {
        for (bytes, _) in try Self.recordings() {
            #expect(try Envelope(decoding: bytes).encoded() == bytes)
        }
    }

    @Test("ids, proposal hashes and the repeated header agree with the formulas in every valid transaction")
    func formulas() throws {
        var checkedCount = 0
        for (bytes, expected) in try Self.recordings() {
            guard try expected["code"].integer == 0, try expected["type"].integer == 3 else { continue }
            let parts = try #require(try Parts(bytes))
            #expect(parts.signatureHeader.transactionID.rawValue == (try expected["txid"].string))
            #expect(parts.action.header == parts.header.signatureHeader)
            #expect(
                parts.responsePayload.proposalHash
                    == parts.header.proposalHash(ofEncoded: parts.actionPayload.chaincodeProposalPayload).bytes)
            let proposalPayload = try ChaincodeProposalPayload(decoding: parts.actionPayload.chaincodeProposalPayload)
            let spec = try ChaincodeInvocationSpec(decoding: proposalPayload.input).chaincodeSpec
            #expect(spec?.input?.arguments.first?.lossyText == (try expected["function"].string))
            let chaincodeAction = try ChaincodeAction(decoding: parts.responsePayload.extension)
            #expect(chaincodeAction.chaincodeID?.name.utf8Text == (try expected["chaincode"].string))
            checkedCount += 1
        }
        #expect(checkedCount > 300)
    }

    @Test("signatures of clients, endorsers and the orderer cover the bytes that the formulas give")
    func signatures() throws {
        var checkedCount = 0
        for (bytes, expected) in try Self.recordings() {
            guard try expected["code"].integer == 0, try expected["type"].integer == 3 else { continue }
            let parts = try #require(try Parts(bytes))
            if let key = CertificateKey(identity: parts.signatureHeader.creator) {
                #expect(key.isValid(parts.envelope.signature, over: parts.envelope.payload))
            }
            for endorsement in parts.endorsed.endorsements {
                guard let key = CertificateKey(identity: endorsement.endorser) else { continue }
                let signedBytes = endorsement.signedBytes(payload: parts.endorsed.proposalResponsePayload)
                // A bad signature among enough good ones leaves a transaction valid.
                if key.isValid(endorsement.signature, over: signedBytes) { checkedCount += 1 }
            }
        }
        #expect(checkedCount > 500)

        for bytes in try GoldenFiles.trade.blocks().dropFirst() {
            let block = try Block(decoding: bytes)
            let metadata = try Metadata(decoding: block.metadata[.signatures])
            let signature = try #require(metadata.signatures.first)
            let creator = try SignatureHeader(decoding: signature.signatureHeader).creator
            let key = try #require(CertificateKey(identity: creator))
            let signedBytes = signature.signedBytes(
                value: metadata.value, header: block.header, allowsIdentifier: true)
            #expect(key.isValid(signature.signature, over: signedBytes))
            let other = signature.signedBytes(value: Bytes(), header: block.header, allowsIdentifier: true)
            #expect(!key.isValid(signature.signature, over: other))
        }
    }
}
