import FabricTypes
import GoldenLedger
import Testing

@testable import DuetClient

/// What an official client and a gateway said to each other.
struct RecordedExchange: Sendable, CustomTestStringConvertible {
    struct Call: Sendable {
        let method: GatewayMethod
        let request: Bytes
        let responses: [Bytes]
        let failure: CallFailure?
    }

    let id: String
    let calls: [Call]

    var testDescription: String { id }

    /// Those that a client of the SDK made, one call after the other.
    static let all: [RecordedExchange] = {
        do {
            return try GoldenFiles.trade.json("gateway/gateway.json").array.compactMap { json in
                let id = try json["id"].string
                // Requests made by hand, two transactions at a time, and filtered blocks are left out.
                if id.hasPrefix("gw-raw") || id == "gw-conflict" || id == "gw-block-events" { return nil }
                return RecordedExchange(id: id, calls: try json["calls"].array.map { try Call($0) })
            }
        } catch {
            Issue.record("The recording cannot be read: \(error)")
            return []
        }
    }()
}

extension RecordedExchange.Call {
    private static let methods: [String: GatewayMethod] = [
        "/gateway.Gateway/Evaluate": .evaluate, "/gateway.Gateway/Endorse": .endorse,
        "/gateway.Gateway/Submit": .submit, "/gateway.Gateway/CommitStatus": .commitStatus,
        "/gateway.Gateway/ChaincodeEvents": .chaincodeEvents,
    ]

    private static let codes: [String: ClientError.Code] = [
        "Canceled": .canceled, "Unknown": .unknown, "InvalidArgument": .invalidArgument,
        "DeadlineExceeded": .deadlineExceeded, "PermissionDenied": .permissionDenied,
        "FailedPrecondition": .failedPrecondition, "Aborted": .aborted, "Unavailable": .unavailable,
    ]

    init(_ json: GoldenJSON) throws {
        method = try #require(Self.methods[try json["method"].string])
        request = try json["request"].base64
        if json["responses"].isNull {
            responses = json["response"].isNull ? [] : [try json["response"].base64]
        } else {
            responses = try json["responses"].array.map { try $0.base64 }
        }
        let error = json["error"]
        guard !error.isNull else {
            failure = nil
            return
        }
        let details = error["details"].isNull ? [] : try error["details"].array
        failure = CallFailure(
            try #require(Self.codes[try error["code"].string]), try error["message"].string,
            details: try details.map { detail in
                ErrorDetail(
                    address: try detail["decoded"]["address"].string,
                    mspID: try MSPID(validating: detail["decoded"]["mspId"].string),
                    message: try detail["decoded"]["message"].string)
            })
    }
}

/// What a recorded proposal was made from.
struct RecordedProposal {
    let nonce: Bytes
    let creator: SerializedIdentity
    let timestamp: Timestamp
    let contract: String
    let arguments: [Bytes]
    let transientData: [String: Bytes]

    init(_ signed: SignedProposal?) throws {
        let proposal = try Proposal(decoding: #require(signed).proposalBytes)
        let header = try Header(decoding: proposal.header)
        let signatureHeader = try SignatureHeader(decoding: header.signatureHeader)
        nonce = signatureHeader.nonce
        creator = try SerializedIdentity(decoding: signatureHeader.creator)
        timestamp = try #require(try ChannelHeader(decoding: header.channelHeader).timestamp)
        let payload = try ChaincodeProposalPayload(decoding: proposal.payload)
        let spec = try #require(try ChaincodeInvocationSpec(decoding: payload.input).chaincodeSpec)
        contract = spec.chaincodeID?.name.lossyText ?? ""
        arguments = spec.input?.arguments ?? []
        transientData = Dictionary(uniqueKeysWithValues: payload.transientMap.map { ($0.key.lossyText, $0.value) })
    }
}
