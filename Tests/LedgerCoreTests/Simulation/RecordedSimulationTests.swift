import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerTestKit
import Testing

@Suite("Simulation of the recorded chaincodes")
struct RecordedSimulationTests {
    /// The recorded calls whose proposal responses are recorded too.
    private static let callCounts = [
        "peer0.alder.example": 266, "peer0.birch.example": 176, "peer0.cedar.example": 31, "peer1.alder.example": 1,
    ]

    /// What a recorded endorser answered to a proposal, by label and peer.
    private struct Recorded {
        let chaincode: Bytes
        let height: Int
        let response: ProposalResponse
    }

    @Test(
        "every answer to the chaincode, the read-write set and the interest are as recorded",
        arguments: RecordedReplay.peers)
    func equalsRecording(peer: String) throws {
        let replay = try RecordedReplay.trade(peer: peer)
        let recorded = try Self.recordedResponses(peer: peer)
        let organizations = try ["AlderMSP", "BirchMSP", "CedarMSP"].map { try MSPID(validating: $0) }
        let shims = try RecordedShim.all()
        // Calls between chaincodes, found by the transaction and the called chaincode's package.
        var callees: [String: [String: RecordedShim.Call]] = [:]
        for shim in shims {
            for call in shim.calls where call.peer == peer {
                callees[call.transactionID, default: [:]][shim.package] = call
            }
        }
        var comparedCount = 0
        for shim in shims {
            for call in shim.calls where call.peer == peer {
                guard let expected = recorded[call.id],
                    expected.chaincode.starts(with: Bytes(shim.package.filter { !$0.isNumber }))
                else { continue }
                do {
                    let snapshot = replay.snapshots[expected.height]
                    let simulator = TransactionSimulator(
                        transactionID: Bytes(call.transactionID), over: snapshot, organizations: organizations)
                    var player = ShimPlayer(
                        simulator: simulator, snapshot: snapshot, blocks: replay.ledger,
                        calls: callees[call.transactionID] ?? [:])
                    try player.play(call, namespace: expected.chaincode)
                    let result = try player.simulator.finish()
                    try Self.compare(result, with: expected, label: "\(shim.package) \(call.id)")
                    comparedCount += 1
                } catch {
                    Issue.record("\(shim.package) \(call.id): \(error)")
                }
            }
        }
        #expect(comparedCount == Self.callCounts[peer])
    }

    private static func compare(_ result: SimulationResult, with expected: Recorded, label: String) throws {
        guard !expected.response.payload.isEmpty else { return }
        let payload = try ProposalResponsePayload(decoding: expected.response.payload)
        let results = try ChaincodeAction(decoding: payload.extension).results
        let set = try ReadWriteSet(decoding: results)
        #expect(result.results == results, "\(label): recorded \(set), ours \(result.readWriteSet)")
        guard let interest = expected.response.interest else { return }
        let ours = result.interest.chaincodeInterest { [LifecycleKeys.namespace, Bytes("lscc")].contains($0) }
        #expect(
            ours.chaincodes.map { $0.encoded().hex }.sorted() == interest.chaincodes.map { $0.encoded().hex }.sorted(),
            "\(label)")
    }

    private static func recordedResponses(peer: String) throws -> [String: Recorded] {
        var recorded: [String: Recorded] = [:]
        for file in ["proposals", "queries", "refusals"] {
            for entry in try GoldenFiles.trade.json("expected/\(file).json").array {
                let responses = entry["responses"].isNull ? [entry] : try entry["responses"].array
                for response in responses
                where try !response["proposalResponse"].isNull && response["peer"].string == peer {
                    recorded[try entry["id"].string] = Recorded(
                        chaincode: try chaincode(of: entry["signedProposal"].base64),
                        height: Int(try response["ledgerHeight"].integer),
                        response: try ProposalResponse(decoding: response["proposalResponse"].base64))
                }
            }
        }
        return recorded
    }

    private static func chaincode(of signedProposal: Bytes) throws -> Bytes {
        let proposal = try Proposal(decoding: SignedProposal(decoding: signedProposal).proposalBytes)
        let header = try ChannelHeader(decoding: Header(decoding: proposal.header).channelHeader)
        return try ChaincodeHeaderExtension(decoding: header.extension).chaincodeID?.name ?? Bytes()
    }
}
