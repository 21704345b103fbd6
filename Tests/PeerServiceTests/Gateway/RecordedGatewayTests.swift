internal import ContractService
internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Synchronization
import Testing

@testable internal import PeerService

@Suite("Recorded exchanges with a gateway")
struct RecordedGatewayTests {
    /// Block events are another service's.
    private static let foreignMethods: Set = ["/protos.Deliver/DeliverFiltered"]

    @Test("a gateway over the recorded ledger answers as the recorded one did")
    func answersAsRecorded() async throws {
        let refusal = Mutex("")
        let world = try await GatewayWorld(height: 75, isOwnLedger: true) { _ in
            let info = refusal.withLock { $0 }
            return info.isEmpty ? (200, "") : (403, info)
        }
        var comparedCount = 0
        for exchange in try RecordedGatewayExchange.all() {
            try await world.commit(upTo: exchange.height)
            for call in exchange.calls where !Self.foreignMethods.contains(call.method) {
                // What was submitted stands in the blocks that follow.
                if call.method.hasSuffix("/CommitStatus") { try await world.commit(upTo: exchange.heightAfter) }
                for peer in world.peers.values { try peer.play(call, on: world.channel) }
                let info = call.error?.message.wholeMatch(of: /received .*: status=FORBIDDEN, info=(.*)/)?.1
                refusal.withLock { $0 = info.map(String.init) ?? "" }
                try await compare(call, of: exchange.id, world)
                comparedCount += 1
            }
        }
        #expect(comparedCount == 78)
    }

    /// What the recorded endorsers said of themselves, and of a chaincode of the peer that is tested where it lives.
    private static let elsewhere: Set = ["gw-sub-differ", "gw-eval-target-org", "gw-eval-syscc"]

    @Test("with endorsers of ours behind it a gateway gives the recorded answers, but for signatures")
    func answersAsRecordedWithEndorsers() async throws {
        let threads = ContractThreads(count: 2)
        let world = try await GatewayWorld(height: 75, isOwnLedger: true)
        var comparedCount = 0
        for exchange in try RecordedGatewayExchange.all() where !Self.elsewhere.contains(exchange.id) {
            try await world.commit(upTo: exchange.height)
            for call in exchange.calls where call.method.hasSuffix("/Evaluate") || call.method.hasSuffix("/Endorse") {
                let time = exchange.id == "gw-raw-eval-time" ? Self.timeOfLateProposal : try Self.time(of: call)
                for name in RecordedPeer.names {
                    let recorded = try RecordedEndorser(
                        peer: name, height: Int(exchange.height), now: time, threads: threads,
                        packages: RecordedPackages(peer: name))
                    let peer = try #require(world.peers[String(name.dropLast(".example".count))])
                    let local = LocalEndorsingPeer(
                        recorded.endorser, mspID: peer.mspID, endpoint: peer.endpoint,
                        relation: name == "peer0.alder.example" ? .own : .neighbour)
                    peer.answer { try await local.processProposal($0, deadline: nil) }
                }
                try await compare(call, of: exchange.id, world, withSignatures: false)
                comparedCount += 1
            }
        }
        #expect(comparedCount == 34)
    }

    /// 2026-11-21T00:02:53Z, when a peer was asked about a proposal an hour old.
    private static let timeOfLateProposal = Timestamp(seconds: 1_795_219_373)

    /// When the client made its proposal, if there is one.
    private static func time(of call: RecordedGatewayCall) throws -> Timestamp {
        let signed = try EndorseRequest(decoding: call.request).proposedTransaction
        guard let proposal = try? Proposal(decoding: signed?.proposalBytes ?? Bytes()),
            let header = try? Header(decoding: proposal.header),
            let timestamp = try? ChannelHeader(decoding: header.channelHeader).timestamp
        else { return timeOfLateProposal }
        return timestamp
    }

    private func compare(
        _ call: RecordedGatewayCall, of id: String, _ world: GatewayWorld, withSignatures: Bool = true
    ) async throws {
        let gateway = world.gateway()
        do throws(GatewayError) {
            switch call.method {
            case "/gateway.Gateway/Evaluate":
                let response = try await gateway.evaluate(decoded(call.request), deadline: nil)
                #expect(response.encoded() == call.responses.first, "\(id)")
            case "/gateway.Gateway/Endorse":
                let response = try await gateway.endorse(decoded(call.request), deadline: nil)
                expectSame(response, call.responses.first ?? Bytes(), id, withSignatures: withSignatures)
            case "/gateway.Gateway/Submit":
                // Its response has no fields.
                let response = try await gateway.submit(decoded(call.request), deadline: nil)
                #expect(response.encoded().isEmpty && call.responses.isEmpty, "\(id)")
            case "/gateway.Gateway/CommitStatus":
                let deadline = call.wasEndedByClient ? ContinuousClock.now : nil
                let response = try await gateway.commitStatus(decoded(call.request), deadline: deadline)
                #expect(response.encoded() == call.responses.first, "\(id)")
            case "/gateway.Gateway/ChaincodeEvents":
                return try await compareEvents(call, of: id, gateway, world)
            default:
                Issue.record("\(id): \(call.method)")
            }
            #expect(call.error == nil, "\(id)")
        } catch {
            expectSame(error, call, id)
        }
    }

    /// A client reads what there is, sees that no more comes, and leaves.
    private func compareEvents(
        _ call: RecordedGatewayCall, of id: String, _ gateway: Gateway, _ world: GatewayWorld
    ) async throws(GatewayError) {
        let received = Mutex<[Bytes]>([])
        let request: SignedChaincodeEventsRequest = try decoded(call.request)
        let stream = Task { () -> GatewayError? in
            do throws(GatewayError) {
                try await gateway.chaincodeEvents(request, deadline: nil) { response in
                    received.withLock { $0.append(response.encoded()) }
                }
                return nil
            } catch {
                return error
            }
        }
        if call.error == nil || call.wasEndedByClient {
            // The stream has looked at all blocks once it waits for the next one.
            while world.channel.commits.waiterCount == 0 { await Task.yield() }
            stream.cancel()
        }
        let error = await stream.value
        // A client that ended well left when it had what it wanted.
        let messages = received.withLock { $0 }
        #expect(call.error == nil ? messages.starts(with: call.responses) : messages == call.responses, "\(id)")
        #expect(error != nil, "\(id)")
        if let error, call.error != nil { throw error }
        #expect(world.channel.commits.waiterCount == 0, "\(id): a waiter was left behind")
    }

    private func decoded<Message: WireMessage>(_ bytes: Bytes) throws(GatewayError) -> Message {
        do throws(WireError) {
            return try Message(decoding: bytes)
        } catch {
            throw GatewayError(.internalError, "\(error)")
        }
    }

    /// The same but for the order of endorsements.
    private func expectSame(
        _ response: EndorseResponse, _ expected: Bytes, _ id: String, withSignatures: Bool
    ) {
        do {
            let recorded = try EndorseResponse(decoding: expected)
            let actions = (
                try ScriptedPeer.endorsedAction(in: response), try ScriptedPeer.endorsedAction(in: recorded)
            )
            #expect(actions.0.proposalResponsePayload == actions.1.proposalResponsePayload, "\(id)")
            #expect(Set(actions.0.endorsements.map(\.endorser)) == Set(actions.1.endorsements.map(\.endorser)), "\(id)")
            #expect(actions.0.endorsements.count == actions.1.endorsements.count, "\(id)")
            guard withSignatures else { return }
            #expect(Set(actions.0.endorsements) == Set(actions.1.endorsements), "\(id)")
            if actions.0.endorsements == actions.1.endorsements {
                #expect(response.encoded() == expected, "\(id)")
            } else {
                #expect(response.encoded().count == expected.count, "\(id)")
            }
        } catch {
            Issue.record("\(id): \(error)")
        }
    }

    private func expectSame(_ error: GatewayError, _ call: RecordedGatewayCall, _ id: String) {
        guard let recorded = call.error else {
            Issue.record("\(id): \(error)")
            return
        }
        if call.wasEndedByClient {
            #expect(error.code == .canceled || error.code == recorded.code, "\(id)")
            return
        }
        #expect(error.code == recorded.code, "\(id)")
        #expect(error.message == recorded.message, "\(id)")
        #expect(Set(error.details) == Set(recorded.details), "\(id)")
        #expect(error.details.count == recorded.details.count, "\(id)")
    }
}
