internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore

@testable internal import PeerService

/// Requests of a client of the recorded network.
struct GatewayClient: Sendable {
    let signer: GoldenSigner
    var nonce = Bytes("a nonce of 24 bytes here")

    init(_ name: String = "User1@alder.example") throws {
        signer = try GoldenSigner.user(name)
    }

    func proposal(
        _ chaincode: String = "goods", transient: [Bytes: Bytes] = [:]
    ) throws -> SignedProposal {
        let signatureHeader = SignatureHeader(creator: signer.identity, nonce: nonce)
        let channelHeader = ChannelHeader(
            type: .endorserTransaction, timestamp: Timestamp(seconds: 1_795_219_500), channelID: Bytes("trade"),
            transactionID: Bytes(signatureHeader.transactionID.rawValue),
            extension: ChaincodeHeaderExtension(chaincodeID: ChaincodeID(name: Bytes(chaincode))).encoded())
        let payload = ChaincodeProposalPayload(
            input: ChaincodeInvocationSpec(
                chaincodeSpec: ChaincodeSpec(
                    chaincodeID: ChaincodeID(name: Bytes(chaincode)), input: ChaincodeInput(arguments: [Bytes("f")]))
            ).encoded(), transientMap: transient)
        let bytes = Proposal(
            header: Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
                .encoded(), payload: payload.encoded()
        ).encoded()
        return SignedProposal(proposalBytes: bytes, signature: try signer.sign(bytes))
    }

    func endorse(
        _ chaincode: String = "goods", by organizations: [String] = [], transient: [Bytes: Bytes] = [:]
    ) throws -> EndorseRequest {
        EndorseRequest(
            transactionID: Bytes(), channelID: Bytes("trade"),
            proposedTransaction: try proposal(chaincode, transient: transient),
            endorsingOrganizations: organizations.map { Bytes($0) })
    }

    func evaluate(
        _ chaincode: String = "goods", on organizations: [String] = [], transient: [Bytes: Bytes] = [:]
    ) throws -> EvaluateRequest {
        EvaluateRequest(
            transactionID: Bytes(), channelID: Bytes("trade"),
            proposedTransaction: try proposal(chaincode, transient: transient),
            targetOrganizations: organizations.map { Bytes($0) })
    }

    /// What an endorser answers for these effects.
    static func response(
        of peer: ScriptedPeer, to set: ReadWriteSet = ReadWriteSet(), interest: [ChaincodeCall],
        saying text: String = ""
    ) -> ProposalResponse {
        let action = ChaincodeAction(
            results: set.encoded(), response: Response(status: 200, payload: Bytes(text)),
            chaincodeID: ChaincodeID(name: Bytes("goods"), version: Bytes("1.0")))
        return ProposalResponse(
            version: 1, response: Response(status: 200),
            payload: ProposalResponsePayload(proposalHash: Bytes("h"), extension: action.encoded()).encoded(),
            endorsement: Endorsement(endorser: peer.identity, signature: Bytes("s")),
            interest: ChaincodeInterest(chaincodes: interest))
    }
}

extension GatewayWorld {
    /// Lets all peers endorse the same.
    func endorseEverywhere(
        _ set: ReadWriteSet = ReadWriteSet(), interest: [ChaincodeCall], except down: Set<String> = []
    ) {
        for (name, peer) in peers {
            let response = GatewayClient.response(of: peer, to: set, interest: interest)
            peer.answer { _ in
                if down.contains(name) { throw EndorsingPeerError(.noAnswer, "connection refused") }
                return response
            }
        }
    }

    /// Who was asked since the last time, by the first parts of the endpoints.
    func takeAsked() -> [String] {
        asked.takeAll().map { String($0.dropLast(".example:7051".count)) }
    }
}
