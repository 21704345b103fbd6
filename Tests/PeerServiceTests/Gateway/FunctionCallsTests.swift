import ContractService
import DuetClient
import FabricTypes
import LedgerCore
import Synchronization
import Testing

@testable import PeerService

@Suite("Contracts that call functions of two organisations")
struct FunctionCallsTests {
    /// Answers what its closure says, and remembers what it was asked.
    private final class Functions: FunctionCalls {
        typealias Body = @Sendable (FunctionQuestion) async throws(FunctionCallError) -> Bytes

        private let body: Body
        private let state = Mutex([FunctionQuestion]())

        init(_ body: @escaping Body) {
            self.body = body
        }

        convenience init(answering text: String) {
            self.init { _ in Bytes(text) }
        }

        var asked: [FunctionQuestion] { state.withLock { $0 } }

        func answer(to question: FunctionQuestion) async throws(FunctionCallError) -> Bytes {
            state.withLock { $0.append(question) }
            return try await body(question)
        }
    }

    /// Of the recorded contract, which keeps the answer under a key.
    private static let arguments = ["quote", "_functions", "", "call", "prices/quote", "wheat"].map { Bytes($0) }

    @Test("an answer that both give is kept, and recorded as one read without version of the contract's namespace")
    func agree() async throws {
        let functions = [Functions(answering: "210"), Functions(answering: "210")]
        let network = try await SmallNetwork(functions: functions)
        let contract = try network.client().contract("goods")
        let outcome = try await contract.submit("callput", Self.arguments)

        #expect(outcome.result == Bytes("210"))
        #expect(try await contract.evaluate("get", "quote") == Bytes("210"))
        for organization in functions {
            let question = try #require(organization.asked.first)
            #expect(organization.asked.count == 1)
            #expect(question.request == FunctionRequest(function: "prices/quote", payload: Bytes("wheat")))
            #expect(question.contract == Bytes("goods"))
            #expect(question.transactionID == Bytes(outcome.id.rawValue))
        }
        let block = try Block(decoding: try #require(try await network.channel.block(outcome.blockNumber)))
        let set = try #require(try Self.readWriteSet(in: block))
        let recorded = FunctionRequest(function: "prices/quote", payload: Bytes("wheat")).recorded(answer: Bytes("210"))
        let goods = try #require(set.namespaces.first { $0.namespace == Bytes("goods") })
        #expect(goods.publicSet.reads == [KVRead(key: recorded.key, version: nil)])
        #expect(!set.namespaces.contains { $0.namespace == Bytes("_functions") })
    }

    @Test("organisations whose functions differ do not endorse together, and the client reads which function it was")
    func differ() async throws {
        let network = try await SmallNetwork(
            functions: [Functions(answering: "210"), Functions(answering: "211")])
        // Looked at or not: "call" keeps nothing of the answer but returns it.
        for (function, arguments) in [("callput", Self.arguments), ("call", Array(Self.arguments.dropFirst()))] {
            let error = try await #require(throws: ClientError.self) {
                try await network.client().contract("goods").submit(function, arguments)
            }
            let words = error.description
            #expect(words.contains("what function \"prices/quote\" answered to contract \"goods\""), "\(words)")
            #expect(words.contains("AlderMSP") && words.contains("BirchMSP"), "\(words)")
            // It would be the same next time.
            #expect(!error.isConflict)
        }
    }

    @Test("why one organisation has no answer reaches the client")
    func fails() async throws {
        let network = try await SmallNetwork(functions: [
            Functions(answering: "210"),
            Functions { _ throws(FunctionCallError) in throw FunctionCallError(.timedOut, "It took too long.") },
        ])
        let error = try await #require(throws: ClientError.self) {
            try await network.client().contract("goods").submit("callput", Self.arguments)
        }
        #expect(error.description.contains("chaincode response 504"))
        #expect(error.description.contains("It took too long."))
    }

    @Test("a function may evaluate contracts while the only thread waits for it")
    func nested() async throws {
        let client = Mutex<ChannelClient?>(nil)
        let functions = Functions { _ throws(FunctionCallError) in
            guard let client = client.withLock({ $0 }),
                let answer = try? await client.contract("goods").evaluate("whoami")
            else { throw FunctionCallError(.failed, "nothing could be evaluated") }
            return Bytes(String(answer.count))
        }
        let network = try await SmallNetwork(functions: [functions, functions], threads: ContractThreads(count: 1))
        client.withLock { $0 = try? network.client() }
        let outcome = try await network.client().contract("goods").submit("callput", Self.arguments)
        #expect(Int(outcome.result.lossyText) ?? 0 > 0)
    }

    @Test("more calls than may wait are throttled")
    func throttled() async throws {
        let threads = ContractThreads(count: 1, pausedCountMax: 0)
        let functions = Functions(answering: "210")
        let network = try await SmallNetwork(functions: [functions, functions], threads: threads)
        let error = try await #require(throws: ClientError.self) {
            try await network.client().contract("goods").submit("callput", Self.arguments)
        }
        #expect(error.description.contains("chaincode response 429"))
        #expect(functions.asked.isEmpty)
    }

    @Test("clients cannot call functions as a contract, and contracts only on their own channel")
    func misused() async throws {
        let functions = Functions(answering: "210")
        let network = try await SmallNetwork(functions: [functions, functions])
        let direct = try network.client().contract("_functions")
        for error in [
            try await #require(throws: ClientError.self) { try await direct.submit("call", "prices/quote", "wheat") },
            try await #require(throws: ClientError.self) { try await direct.evaluate("call", "prices/quote", "wheat") },
        ] {
            #expect(error.description.contains("\"_functions\" is there for contracts"), "\(error)")
        }
        var elsewhere = Self.arguments
        elsewhere[2] = Bytes("other")
        let error = try await #require(throws: ClientError.self) {
            try await network.client().contract("goods").submit("callput", elsewhere)
        }
        #expect(error.description.contains("own channel \"trade\""), "\(error)")
        #expect(functions.asked.isEmpty)
    }

    private static func readWriteSet(in block: Block) throws -> ReadWriteSet? {
        guard let entry = block.data.entries.first else { return nil }
        let payload = try Payload(decoding: Envelope(decoding: entry).payload)
        guard let action = try Transaction(decoding: payload.data).actions.first,
            let endorsed = try ChaincodeActionPayload(decoding: action.payload).action
        else { return nil }
        let response = try ProposalResponsePayload(decoding: endorsed.proposalResponsePayload)
        return try ReadWriteSet(decoding: ChaincodeAction(decoding: response.extension).results)
    }
}
