internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Synchronization
import Testing

@testable internal import PeerService

@Suite("Submitting and waiting")
struct SubmitAndWaitTests {
    private struct Unreachable: Error, CustomStringConvertible {
        let description = "connection refused"
    }

    private func request() throws -> SubmitRequest {
        let envelope = try GoldenTransaction(
            creator: GoldenSigner.user("User1@alder.example"), endorsers: [GoldenSigner.peer("peer0.alder.example")],
            writing: .writing([("k", "v")])
        ).envelope()
        return SubmitRequest(
            transactionID: Bytes(), channelID: Bytes("trade"), preparedTransaction: try Envelope(decoding: envelope))
    }

    private func statusRequest(_ id: String) throws -> SignedCommitStatusRequest {
        let client = try GoldenSigner.user("User1@alder.example")
        let request = CommitStatusRequest(
            transactionID: Bytes(id), channelID: Bytes("trade"), identity: client.identity
        ).encoded()
        return SignedCommitStatusRequest(request: request, signature: try client.sign(request))
    }

    @Test("another orderer is tried where one cannot be reached or cannot serve")
    func triesOthers() async throws {
        let count = Atomic(0)
        let world = try await GatewayWorld(height: 5, ordererCount: 3) { _ in
            switch count.add(1, ordering: .relaxed).newValue {
            case 1: throw Unreachable()
            case 2: (503, "no leader")
            default: (200, "")
            }
        }

        _ = try await world.gateway().submit(request(), deadline: nil)

        #expect(Set(world.asked.takeAll()).count == 3)
    }

    @Test("a fault that the orderer finds is final")
    func finalRefusal() async throws {
        let world = try await GatewayWorld(height: 5, ordererCount: 3) { _ in (400, "bad envelope") }

        await #expect(
            throws: GatewayError(
                .aborted, "received unsuccessful response from orderer: status=BAD_REQUEST, info=bad envelope")
        ) { try await world.gateway().submit(request(), deadline: nil) }
        #expect(world.asked.takeAll().count == 1)
    }

    @Test("with all orderers down each one's words are handed on")
    func allDown() async throws {
        let world = try await GatewayWorld(height: 5, ordererCount: 2) { _ in throw Unreachable() }

        let error = try await #require(throws: GatewayError.self) {
            try await world.gateway().submit(request(), deadline: nil)
        }

        #expect(error.code == .unavailable)
        #expect(error.message == "no orderers could successfully process transaction")
        #expect(
            Set(error.details.map(\.address.lossyText))
                == ["orderer0.harbor.example:7050", "orderer1.harbor.example:7050"])
        #expect(error.details.allSatisfy { $0.message.lossyText == "connection refused" })
    }

    struct Quorum: Sendable {
        let answers: [(status: Int32, info: String)]
        let isTaken: Bool
    }

    /// Of four orderers one may be faulty, so three must take a transaction.
    static let quorums: [Quorum] = [
        Quorum(answers: [(200, ""), (200, ""), (200, ""), (500, "broken")], isTaken: true),
        Quorum(
            answers: [
                (200, ""), (200, ""), (503, "failed to submit request: request already exists"), (500, "broken"),
            ], isTaken: true),
        Quorum(answers: [(200, ""), (200, ""), (503, "no leader"), (500, "broken")], isTaken: false),
    ]

    @Test("where orderers may be faulty, enough of them must take a transaction", arguments: quorums)
    func quorum(_ example: Quorum) async throws {
        let world = try await GatewayWorld(height: 5)
        let mspID = try MSPID(validating: "HarborMSP")
        let orderers = example.answers.enumerated().map { index, answer in
            ScriptedOrderer(mspID: mspID, endpoint: "orderer\(index):7050", log: world.asked) { _ in answer }
        }

        var thrown: GatewayError?
        do throws(GatewayError) {
            try await world.gateway().submitToAll(Bytes("envelope"), orderers, deadline: nil)
        } catch {
            thrown = error
        }

        #expect((thrown == nil) == example.isTaken)
        if let thrown {
            #expect(thrown.code == .unavailable)
            #expect(thrown.details.count == 2)
            #expect(thrown.details.allSatisfy { $0.message.lossyText.hasPrefix("received unsuccessful response") })
        }
    }

    @Test("a call whose time is over says so")
    func deadlines() async throws {
        let past = ContinuousClock.now
        let world = try await GatewayWorld(height: 82) { _ in throw Unreachable() }

        let submit = await #expect(throws: GatewayError.self) {
            try await world.gateway().submit(request(), deadline: past)
        }
        #expect(submit?.code == .deadlineExceeded)
        let endorse = await #expect(throws: GatewayError.self) {
            try await world.gateway().endorse(GatewayClient().endorse(), deadline: past)
        }
        #expect(
            endorse
                == GatewayError(
                    .deadlineExceeded, "endorsement timeout expired while collecting first endorsement"))
        let evaluate = await #expect(throws: GatewayError.self) {
            try await world.gateway().evaluate(GatewayClient().evaluate(), deadline: past)
        }
        #expect(evaluate == GatewayError(.deadlineExceeded, "evaluate timeout expired"))
        let status = await #expect(throws: GatewayError.self) {
            try await world.gateway().commitStatus(statusRequest("none"), deadline: past)
        }
        #expect(status == GatewayError(.deadlineExceeded, "context deadline exceeded"))
    }

    @Test("who waits for a transaction is told when its block is committed")
    func waitsForCommit() async throws {
        let expected = try GoldenFiles.trade.json("expected/blocks.json")[82]["transactions"][0]
        let id = try expected["txid"].string
        let world = try await GatewayWorld(height: 80, isOwnLedger: true)
        let gateway = world.gateway()
        let request = try statusRequest(id)

        async let status = gateway.commitStatus(request, deadline: nil)
        try await world.commit(upTo: 84)

        let answer = try await status
        #expect(answer.blockNumber == 82)
        #expect(answer.result?.name == (try expected["codeName"].string))
    }

    @Test("a call over its limit is refused before any peer is asked")
    func limits() async throws {
        let world = try await GatewayWorld(height: 82)
        world.endorseEverywhere(interest: [ChaincodeCall(name: Bytes("notes"))])
        var configuration = GatewayConfiguration()
        configuration.limits.identityRate = GatewayLimits.Rate(callsPerSecond: 1)
        let instant = ContinuousClock.now
        let gateway = world.gateway(configuration, now: { instant })
        let request = try GatewayClient().evaluate("notes")

        _ = try await gateway.evaluate(request, deadline: nil)
        let error = await #expect(throws: GatewayError.self) {
            try await gateway.evaluate(request, deadline: nil)
        }

        #expect(error?.code == .resourceExhausted)
        #expect(gateway.refusedCallCount == 1)
        #expect(world.takeAsked().count == 1)
        // Who only claims to be that client is not held against it, and is left to the endorsers.
        var forged = request
        forged.proposedTransaction?.signature = Bytes("forged")
        _ = try await gateway.evaluate(forged, deadline: nil)
    }

    @Test("a peer's words are cut to what clients can take")
    func longMessages() async throws {
        let world = try await GatewayWorld(height: 82)
        let words = String(repeating: "wörds ", count: 10_000)
        world.peers["peer0.alder"]?.answer { _ in
            ProposalResponse(response: Response(status: 400, message: Bytes(words)))
        }

        let error = try await #require(throws: GatewayError.self) {
            try await world.gateway().evaluate(GatewayClient().evaluate(), deadline: nil)
        }

        let detail = try #require(error.details.first?.message)
        #expect(detail.count <= 2_060)
        #expect(detail.lossyText.hasPrefix("chaincode response 400, wörds ") && detail.lossyText.hasSuffix("…"))
        #expect(detail.isUTF8)
        #expect(error.message.utf8.count <= 2_150)
    }

    @Test("an endorsement that differs in a key names the key and both organisations")
    func mismatch() async throws {
        let world = try await GatewayWorld(height: 82)
        world.endorseEverywhere(.writing([("a", "1"), ("b", "2")]), interest: [ChaincodeCall(name: Bytes("goods"))])
        let birch = try #require(world.peers["peer0.birch"])
        let other = GatewayClient.response(of: birch, to: .writing([("a", "1"), ("b", "3")]), interest: [])
        birch.answer { _ in other }

        let error = try await #require(throws: GatewayError.self) {
            try await world.gateway().endorse(GatewayClient().endorse(), deadline: nil)
        }

        #expect(
            error.details.map(\.message.lossyText) == [
                "ProposalResponsePayloads do not match: AlderMSP (peer0.alder.example:7051) and BirchMSP "
                    + "(peer0.birch.example:7051) differ in the write of key \"b\" in \"goods\""
            ])
    }
}
