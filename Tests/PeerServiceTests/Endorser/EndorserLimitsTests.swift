import ContractService
import DuetContract
import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerTestKit
import Membership
import Testing

@testable import PeerService

@Suite("An endorser's limits")
struct EndorserLimitsTests {
    private static let peer = "peer0.alder.example"

    private static func proposal(_ id: String, in file: String = "proposals") throws -> RecordedProposal {
        try #require(try RecordedProposal.all(in: file).first { $0.id == id && $0.peer == peer })
    }

    private static func endorser(
        for proposal: RecordedProposal, runtime: any ContractRuntime, threads: any BlockingThreads,
        clock: any Clock<Duration> = ContinuousClock(), configuration: Endorser.Configuration = .init()
    ) throws -> RecordedEndorser {
        try RecordedEndorser(
            peer: peer, height: proposal.height, now: proposal.timestamp, threads: threads,
            packages: LinkedPackages([]),
            runtime: runtime, clock: clock, configuration: configuration)
    }

    @Test("a contract that takes too long is given up, and can do nothing more")
    func timeout() async throws {
        let proposal = try Self.proposal("put-three")
        let runtime = BlockedRuntime()
        var calls = runtime.calls.makeAsyncIterator()
        let clock = ManualClock()
        let peer = try Self.endorser(
            for: proposal, runtime: runtime, threads: ContractThreads(count: 1), clock: clock)
        async let pending = peer.answer(to: proposal.signedProposal)
        #expect(await calls.next() == "began")
        _ = await clock.wakeNext(within: .seconds(60))
        let answer = try await pending.get()
        let id = try #require(proposal.transactionID)
        #expect(answer.response?.status == 500)
        #expect(
            answer.response?.message.lossyText
                == "error in simulation: failed to execute transaction \(id): error sending: "
                + "timeout expired while executing transaction")
        #expect(answer.payload.isEmpty)
        runtime.letGo()
        #expect(
            await calls.next()
                == "GET_STATE failed: transaction ID: \(id): the transaction has taken longer than it may")
    }

    @Test("more proposals at once than allowed are refused")
    func concurrency() async throws {
        let proposal = try Self.proposal("put-three")
        let runtime = BlockedRuntime()
        var calls = runtime.calls.makeAsyncIterator()
        var configuration = Endorser.Configuration()
        configuration.concurrencyMax = 1
        let peer = try Self.endorser(
            for: proposal, runtime: runtime, threads: ContractThreads(count: 1), configuration: configuration)
        async let first = peer.answer(to: proposal.signedProposal)
        #expect(await calls.next() == "began")
        await #expect(
            throws: EndorserError(
                .overloaded, "too many requests for /protos.Endorser, exceeding concurrency limit (1)")
        ) { try await peer.endorser.process(proposal.signedProposal) }
        runtime.letGo()
        #expect(try await first.get().response?.status == 200)
        #expect(await calls.next() == "read")
    }

    @Test("a contract whose Init fails has not answered")
    func failedInit() async throws {
        struct Unwilling: Contract {
            init(name: String) {}
            func initialize(_ stub: ContractStub) throws -> ContractResponse { throw ContractError("not today") }
        }
        let proposal = try Self.proposal("up-init")
        let peer = try Self.endorser(
            for: proposal, runtime: LinkedContracts([LinkedContract("vault", Unwilling.self)]),
            threads: ContractThreads(count: 1))
        let answer = try await peer.answer(to: proposal.signedProposal).get()
        #expect(
            answer.response?.message.lossyText
                == "error in simulation: transaction returned with failure: not today")
        #expect(answer.endorsement == nil)
    }

    @Test("a contract that nobody linked is not installed")
    func notInstalled() async throws {
        let proposal = try Self.proposal("put-three")
        let peer = try Self.endorser(for: proposal, runtime: LinkedContracts([]), threads: ContractThreads(count: 1))
        let answer = try await peer.answer(to: proposal.signedProposal).get()
        #expect(
            answer.response?.message.lossyText
                == "make sure the chaincode goods has been successfully defined on channel trade and try again: "
                + "chaincode definition for 'goods' exists, but chaincode is not installed")
    }

    @Test("private writes wait in the transient store with their collections' definitions")
    func privateData() async throws {
        let proposal = try Self.proposal("pv-put")
        let peer = try Self.endorser(
            for: proposal, runtime: RecordedEndorser.recordedContracts, threads: ContractThreads(count: 1))
        let answer = try await peer.answer(to: proposal.signedProposal).get()
        let id = Bytes(try #require(proposal.transactionID))
        let kept = try #require(try peer.channel.transientStore.contents(ofTransaction: id).first)
        let content = try TxPvtReadWriteSetWithConfigInfo(decoding: kept.content)
        #expect(kept.height == BlockNumber(proposal.height))
        #expect(content.endorsedAt == BlockNumber(proposal.height))
        #expect(Array(content.collectionConfigs.keys) == [Bytes("goods")])
        #expect(content.collectionConfigs[Bytes("goods")]?.collections.map(\.name) == [Bytes("pair")])
        let payload = try ProposalResponsePayload(decoding: answer.payload)
        let results = try ReadWriteSet(decoding: ChaincodeAction(decoding: payload.extension).results)
        let hash = results.namespaces.last?.collections.first?.privateSetHash
        let set = content.privateSet?.namespaces.first?.collections.first
        #expect(hash == set.map { Digest(of: $0.readWriteSet).bytes })
    }
}

extension RecordedProposal {
    /// In the channel header.
    var transactionID: String? {
        guard let proposal = try? Proposal(decoding: signedProposal.proposalBytes),
            let header = try? Header(decoding: proposal.header)
        else { return nil }
        return (try? ChannelHeader(decoding: header.channelHeader))?.transactionID.lossyText
    }
}
