internal import DuetClient
internal import FabricTypes
internal import Synchronization
import Testing

@testable internal import PeerService

@Suite("A client, a gateway and peers together")
struct ClientThroughGatewayTests {
    private struct Stop: Error {}

    @Test("a transaction is endorsed by both organisations, committed, and can be read")
    func submitsAndReads() async throws {
        let network = try await SmallNetwork()
        let goods = try network.client().contract("goods")

        let written = try await goods.submit("put", "fruit", "apple")

        #expect(written.blockNumber == BlockNumber(SmallNetwork.height))
        #expect(try await goods.evaluate("get", "fruit") == Bytes("apple"))
        #expect(try await goods.submit("append", "fruit", "s").result == Bytes("apple"))
        #expect(try await goods.evaluate("get", "fruit") == Bytes("apples"))
        let status = try await network.client().commitStatus(of: written.id)
        #expect(status.isValid && status.blockNumber == written.blockNumber)
        let height = try await network.client().contract("qscc").evaluate("GetChainInfo", "trade")
        #expect(try BlockchainInfo(decoding: height).height == BlockNumber(SmallNetwork.height + 2))
    }

    @Test("secrets reach the members and nobody else")
    func privateData() async throws {
        let network = try await SmallNetwork()
        let goods = try network.client().contract("goods")

        try await goods.submit(
            "pput", [Bytes("pair"), Bytes("recipe")], context: CallContext(transientData: ["value": Bytes("secret")]))

        #expect(try await goods.evaluate("pget", "pair", "recipe") == Bytes("secret"))
        let outsider = try network.client("User1@cedar.example").contract("goods")
        await #expect(throws: ClientError.self) { try await outsider.evaluate("pget", "pair", "recipe") }
    }

    @Test("a contract's refusal comes with every peer's words")
    func refusal() async throws {
        let network = try await SmallNetwork()

        let error = try await #require(throws: ClientError.self) {
            try await network.client().contract("goods").submit("move", "acc.cid", "acc.dan", "99999")
        }

        #expect(error.phase == .endorse)
        #expect(error.transactionID != nil)
        #expect(error.refusals.map(\.address) == ["peer0.alder.example:7051"])
        #expect(error.refusals.first?.message.hasPrefix("chaincode response 409") == true)
    }

    @Test("one organisation alone does not satisfy the policy, and the ledger says so")
    func policyFailure() async throws {
        let network = try await SmallNetwork()
        let context = CallContext(organizations: [try MSPID(validating: "AlderMSP")])

        let error = try await #require(throws: ClientError.self) {
            try await network.client().contract("goods").submit("put", [Bytes("k"), Bytes("v")], context: context)
        }

        #expect(error.phase == .commit)
        #expect(error.validationCode == .endorsementPolicyFailure)
        #expect(!error.isConflict)
    }

    @Test("clients that write one key at the same time all get through by trying again", arguments: [true, false])
    func conflicts(abortStale: Bool) async throws {
        var configuration = GatewayConfiguration()
        configuration.abortStale = abortStale
        let network = try await SmallNetwork(configuration)
        let goods = try network.client().contract("goods")
        let letters = ["a", "b", "c", "d", "e", "f"]
        let retry = ConflictRetry(attemptCountMax: 100, delay: .milliseconds(1), delayMax: .milliseconds(20))

        try await withThrowingTaskGroup(of: Void.self) { group in
            for letter in letters {
                group.addTask {
                    try await goods.submit("append", [Bytes("contended"), Bytes(letter)], retry: retry)
                }
            }
            try await group.waitForAll()
        }

        let value = try await goods.evaluate("get", "contended").lossyText
        #expect(value.sorted() == letters.map { Character($0) })
    }

    @Test("events come as transactions are committed, and go on behind a checkpoint")
    func events() async throws {
        let network = try await SmallNetwork()
        let goods = try network.client().contract("goods")
        let first = Mutex<ContractEvent?>(nil)
        let start = EventStart.block(BlockNumber(SmallNetwork.height))
        let listening = Task {
            try await goods.events(from: start) { event in
                first.withLock { $0 = event }
                throw Stop()
            }
        }

        try await goods.submit("event", "sold", "lot 1")
        try await goods.submit("event", "sold", "lot 2")
        await #expect(throws: Stop.self) { try await listening.value }

        let event = try #require(first.withLock { $0 })
        #expect(event.name == "sold" && event.payload == Bytes("lot 1"))
        let next = Mutex<ContractEvent?>(nil)
        await #expect(throws: Stop.self) {
            try await goods.events(from: .after(event.checkpoint)) { event in
                next.withLock { $0 = event }
                throw Stop()
            }
        }
        #expect(next.withLock { $0?.payload } == Bytes("lot 2"))
        #expect(network.channel.commits.waiterCount == 0)
    }
}
