internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
import Testing

@testable internal import PeerService

/// One call of a recorded exchange with a gateway.
struct RecordedGatewayCall: Sendable {
    let method: String
    let request: Bytes
    /// What came back; nothing for a call that failed.
    let responses: [Bytes]
    let error: GatewayError?

    init(_ json: GoldenJSON) throws {
        method = try json["method"].string
        request = try json["request"].base64
        responses =
            json["responses"].isNull
            ? (json["response"].isNull ? [] : [try json["response"].base64])
            : try json["responses"].array.map { try $0.base64 }
        error = json["error"].isNull ? nil : try Self.error(json["error"])
    }

    private static func error(_ json: GoldenJSON) throws -> GatewayError {
        let code = try #require(GatewayError.Code(rawValue: Int(try json["number"].integer)))
        let details = json["details"].isNull ? [] : try json["details"].array
        return GatewayError(
            code, try json["message"].string,
            details: try details.map { detail in
                ErrorDetail(
                    address: try detail["decoded"]["address"].string,
                    mspID: try MSPID(validating: detail["decoded"]["mspId"].string),
                    message: try detail["decoded"]["message"].string)
            })
    }

    /// Whether the client itself ended the call, so that the gateway's words were never heard.
    var wasEndedByClient: Bool {
        error?.code == .canceled || error?.code == .deadlineExceeded
    }
}

/// The calls that belong together, with the ledger's height before and after.
struct RecordedGatewayExchange: Sendable {
    let id: String
    let height: BlockNumber
    let heightAfter: BlockNumber
    let calls: [RecordedGatewayCall]

    static func all() throws -> [RecordedGatewayExchange] {
        try GoldenFiles.trade.json("gateway/gateway.json").array.map { json in
            RecordedGatewayExchange(
                id: try json["id"].string, height: BlockNumber(try json["ledgerHeight"].integer),
                heightAfter: BlockNumber(try json["ledgerHeightAfter"].integer),
                calls: try json["calls"].array.map { try RecordedGatewayCall($0) })
        }
    }
}

extension ScriptedPeer {
    /// Answers as this peer did behind a recorded call.
    func play(_ call: RecordedGatewayCall, on channel: PeerChannel) throws {
        guard call.method.hasSuffix("/Evaluate") || call.method.hasSuffix("/Endorse") else { return }
        let answers = try answers(behind: call, on: channel)
        answer { _ in
            switch answers {
            case .success(let response): return response
            case .failure(let error): throw error
            }
        }
    }

    private func answers(
        behind call: RecordedGatewayCall, on channel: PeerChannel
    ) throws -> Result<ProposalResponse, EndorsingPeerError> {
        if let error = call.error { return try failure(in: error) }
        guard let response = call.responses.first else { return refuse() }
        if call.method.hasSuffix("/Evaluate") {
            var answer = ProposalResponse(response: try EvaluateResponse(decoding: response).result)
            // A peer's own response may say something else; what counts is the endorsed one.
            answer.payload = ProposalResponsePayload(
                proposalHash: Bytes(),
                extension: ChaincodeAction(
                    results: Bytes(), response: answer.response, chaincodeID: nil
                ).encoded()
            ).encoded()
            answer.response?.payload = Bytes("not this")
            return .success(answer)
        }
        let action = try Self.endorsedAction(in: EndorseResponse(decoding: response))
        guard let endorsement = action.endorsements.first(where: { $0.endorser == identity }) else {
            return refuse()
        }
        return .success(
            ProposalResponse(
                version: 1, response: Response(status: 200), payload: action.proposalResponsePayload,
                endorsement: endorsement, interest: try Self.interest(of: action, on: channel)))
    }

    private func refuse() -> Result<ProposalResponse, EndorsingPeerError> {
        .failure(EndorsingPeerError(.noAnswer, "\(endpoint) was not asked"))
    }

    /// What the recorded detail says of this peer.
    private func failure(in error: GatewayError) throws -> Result<ProposalResponse, EndorsingPeerError> {
        guard let message = error.details.first(where: { $0.address.lossyText == endpoint })?.message.lossyText else {
            // The one with which others are compared.
            return .success(Self.endorsed(by: identity, saying: "served for the first"))
        }
        if message == "ProposalResponsePayloads do not match" {
            return .success(Self.endorsed(by: identity, saying: "served for another"))
        }
        if let match = message.wholeMatch(of: /chaincode response (\d+), (.*)/) {
            // A contract's own failure has a payload, as a peer's has not.
            return .success(
                ProposalResponse(
                    response: Response(status: Int32(match.1) ?? 0, message: Bytes(String(match.2))),
                    payload: Bytes("payload")))
        }
        let isOwnRefusal = message.hasPrefix("error validating proposal")
        return .failure(EndorsingPeerError(isOwnRefusal ? .proposalRefused : .noAnswer, message))
    }

    static func endorsed(by identity: Bytes, saying text: String) -> ProposalResponse {
        let action = ChaincodeAction(
            results: Bytes(), response: Response(status: 200, payload: Bytes(text)),
            chaincodeID: ChaincodeID(name: Bytes("goods"), version: Bytes("1.0")))
        return ProposalResponse(
            response: Response(status: 200),
            payload: ProposalResponsePayload(proposalHash: Bytes(), extension: action.encoded()).encoded(),
            endorsement: Endorsement(endorser: identity, signature: Bytes("signature")),
            interest: ChaincodeInterest(chaincodes: [ChaincodeCall(name: Bytes("goods"))]))
    }

    static func endorsedAction(in response: EndorseResponse) throws -> ChaincodeEndorsedAction {
        let payload = try Payload(decoding: response.preparedTransaction?.payload ?? Bytes())
        let action = try Transaction(decoding: payload.data).actions.first
        return try ChaincodeActionPayload(decoding: action?.payload ?? Bytes()).action ?? ChaincodeEndorsedAction()
    }

    /// What an endorser finds that a transaction touched.
    private static func interest(
        of action: ChaincodeEndorsedAction, on channel: PeerChannel
    ) throws -> ChaincodeInterest {
        let effects = try ChaincodeAction(
            decoding: ProposalResponsePayload(decoding: action.proposalResponsePayload).extension)
        let snapshot = try channel.ledger.snapshot()
        var interest = ChaincodeInterest()
        for set in try ReadWriteSet(decoding: effects.results).namespaces
        where set.namespace != LifecycleKeys.namespace {
            var call = ChaincodeCall(name: set.namespace)
            let written = set.publicSet.writes.map(\.key) + set.publicSet.metadataWrites.map(\.key)
            for key in Set(written) {
                guard let metadata = try snapshot.metadata(of: key, in: set.namespace),
                    let policy = try KeyMetadata(decoding: metadata)?.validationParameter
                else { continue }
                call.keyPolicies.append(try SignaturePolicyEnvelope(decoding: policy))
            }
            call.disregardNamespacePolicy = !written.isEmpty && call.keyPolicies.count == Set(written).count
            // Who writes private keys alone needs their collections' policies alone.
            if !written.isEmpty || !set.hasWrites { interest.chaincodes.append(call) }
            for collection in set.collections {
                interest.chaincodes.append(
                    ChaincodeCall(
                        name: set.namespace, collectionNames: [collection.collection],
                        noPrivateReads: collection.hashedSet.reads.isEmpty))
            }
        }
        return interest
    }
}
