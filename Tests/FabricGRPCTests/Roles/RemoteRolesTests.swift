import FabricTypes
import GoldenLedger
import Membership
import OrdererService
import PeerService
import Testing

@testable import FabricGRPC

@Suite("Roles of other processes")
struct RemoteRolesTests {
    @Test("a peer's answer comes as it gave it, and its refusal in Go's words")
    func endorsingPeer() async throws {
        let response = ProposalResponse(
            version: 1, response: Response(status: 200, payload: Bytes("answer")), payload: Bytes("endorsed"),
            endorsement: Endorsement(endorser: Bytes("peer"), signature: Bytes("signed")))
        let answering = RPCMethod.unary("protos.Endorser", "ProcessProposal") { request, _ in
            guard try SignedProposal(decoding: request).signature == Bytes("good") else {
                throw RPCFailure(.unknown, "access denied")
            }
            return response.encoded()
        }
        try await TestServer.run([answering]) { test in
            let peer = try RemoteEndorsingPeer(
                test.client, mspID: MSPID(validating: "Org1MSP"), endpoint: "peer0.org1.example.com:7051")
            let good = SignedProposal(proposalBytes: Bytes("proposal"), signature: Bytes("good"))
            let answer = try await peer.processProposal(good, deadline: .now + .seconds(60))
            #expect(answer == response)

            let error = await #expect(throws: EndorsingPeerError.self) {
                try await peer.processProposal(
                    SignedProposal(proposalBytes: Bytes(), signature: Bytes()), deadline: nil)
            }
            #expect(error == EndorsingPeerError(.noAnswer, "rpc error: code = Unknown desc = access denied"))

            let late = await #expect(throws: EndorsingPeerError.self) {
                try await peer.processProposal(good, deadline: .now - .seconds(1))
            }
            #expect(late?.message == "rpc error: code = DeadlineExceeded desc = context deadline exceeded")
        }
    }

    @Test("an orderer takes and refuses envelopes, and gives the blocks it makes of them", arguments: [false, true])
    func orderer(demandsCertificate: Bool) async throws {
        let recorded = try RecordedOrderer()
        let methods = RPCMethod.orderer(recorded.orderer, demandsCertificate: demandsCertificate)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await recorded.orderer.run() }
            try await TestServer.run(methods, demandsCertificate: demandsCertificate) { test in
                let node = try RemoteOrderingNode(
                    test.client, mspID: MSPID(validating: "HarborMSP"), endpoint: "orderer:7050")
                let source = try RemoteBlockSource(
                    test.client, signer: RecordedOrderer.reader(), now: { Timestamp.present },
                    nonce: { Bytes("a nonce") })
                var blocks = source.blocks(of: recorded.channelID, from: 0).makeAsyncIterator()
                #expect(try await blocks.next() == recorded.genesis)

                for number in 1...3 {
                    let envelope = try RecordedOrderer.envelope("envelope \(number)")
                    let taken = try await node.broadcast(envelope, deadline: .now + .seconds(60))
                    #expect(taken.status == 200, "\(taken.info)")
                    let block = try Block(decoding: #require(try await blocks.next()))
                    #expect(block.number == BlockNumber(number))
                    #expect(block.data.entries == [envelope])
                }
                let refused = try await node.broadcast(Bytes("nonsense"), deadline: nil)
                #expect(refused.status == 400)
            }
            group.cancelAll()
        }
    }

    @Test("a channel that an orderer does not have ends a source with the orderer's status")
    func unknownChannel() async throws {
        let recorded = try RecordedOrderer()
        try await TestServer.run(RPCMethod.orderer(recorded.orderer, demandsCertificate: false)) { test in
            let source = try RemoteBlockSource(
                test.client, signer: RecordedOrderer.reader(), now: { Timestamp.present }, nonce: { Bytes("a nonce") })
            let other = try ChannelID(validating: "other")
            let error = await #expect(throws: RemoteDeliverError.self) {
                for try await _ in source.blocks(of: other, from: 0) {}
            }
            #expect(error == RemoteDeliverError(channelID: other, status: .notFound))
        }
    }

    @Test("a source that is given up ends its call", arguments: [true, false])
    func givenUp(byCancelling: Bool) async throws {
        let (sent, ended) = (Occurrence(), Occurrence())
        let deliver = RPCMethod.stream("orderer.AtomicBroadcast", "Deliver") { call in
            try await call.send(DeliverResponse(.block(Bytes())).encoded())
            sent.happen()
            defer { ended.happen() }
            // Ends only with the call.
            await Occurrence().wait()
        }
        try await TestServer.run([deliver]) { test in
            let source = try RemoteBlockSource(
                test.client, signer: RecordedOrderer.reader(), now: { Timestamp.present }, nonce: { Bytes("a nonce") })
            let channelID = try ChannelID(validating: "trade")
            let reading = Task {
                for try await _ in source.blocks(of: channelID, from: 0) {
                    if !byCancelling { break }
                }
            }
            await sent.wait()
            if byCancelling { reading.cancel() }
            await ended.wait()
            _ = await reading.result
        }
    }

    @Test("who shows no certificate where one is demanded is not served")
    func withoutCertificate() async throws {
        try await TestServer.run([RPCServerTests.echo], demandsCertificate: true) { test in
            #expect(try await test.client.unary("test.Test", "Echo", Bytes("a"), deadline: nil) == Bytes("a"))
            var target = test.target
            target.identity = nil
            let stranger = try RPCClient(target)
            let running = Task { try await stranger.run() }
            let error = await #expect(throws: RPCFailure.self) {
                try await stranger.unary("test.Test", "Echo", Bytes("b"), deadline: .now + .milliseconds(500))
            }
            #expect(error?.code == .deadlineExceeded || error?.code == .unavailable)
            running.cancel()
            _ = await running.result
        }
    }
}
