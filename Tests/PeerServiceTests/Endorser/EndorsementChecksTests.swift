import ContractService
import DuetContract
import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerTestKit
import Membership
import Synchronization
import Testing

@testable import PeerService

@Suite("Checks before an endorsement")
struct EndorsementChecksTests {
    /// Refuses with set words, and remembers what it was asked.
    private final class Rule: EndorsementChecks {
        private let words: String?
        private let contract: Bytes
        private let state = Mutex([CheckedProposal]())

        init(on contract: String, _ words: String?) {
            self.contract = Bytes(contract)
            self.words = words
        }

        var asked: [CheckedProposal] { state.withLock { $0 } }

        func areDeclared(for contract: Bytes, on channel: Bytes) -> Bool {
            contract == self.contract && channel == Bytes("trade")
        }

        func refusal(of proposal: CheckedProposal) async -> String? {
            state.withLock { $0.append(proposal) }
            return words
        }
    }

    private static let peer = "peer0.alder.example"

    private static func proposal() throws -> RecordedProposal {
        try #require(try RecordedProposal.all(in: "proposals").first { $0.id == "put-three" && $0.peer == peer })
    }

    private static func endorser(
        _ rule: Rule, threads: any BlockingThreads = ContractThreads(count: 1)
    ) throws -> RecordedEndorser {
        let proposal = try proposal()
        return try RecordedEndorser(
            peer: peer, height: proposal.height, now: proposal.timestamp, threads: threads,
            packages: LinkedPackages([]),
            checks: rule)
    }

    @Test("a refused proposal is not simulated, and its client reads why")
    func refused() async throws {
        let proposal = try Self.proposal()
        let rule = Rule(on: "goods", "not today")
        let answer = try await Self.endorser(rule).answer(to: proposal.signedProposal).get()

        #expect(answer.response?.status == 403)
        #expect(answer.response?.message == Bytes("not today"))
        #expect(answer.payload.isEmpty)
        #expect(answer.endorsement == nil)
        let asked = try #require(rule.asked.first)
        #expect(rule.asked.count == 1)
        #expect(asked.contract == Bytes("goods"))
        #expect(asked.transactionID.lossyText == proposal.transactionID)
        #expect(asked.input.arguments.first == Bytes(proposal.function))
    }

    @Test("an allowed proposal is endorsed as if nobody had been asked")
    func allowed() async throws {
        let proposal = try Self.proposal()
        let rule = Rule(on: "goods", nil)
        let answer = try await Self.endorser(rule).answer(to: proposal.signedProposal).get()
        let plain = try await Self.endorser(Rule(on: "others", "no")).answer(to: proposal.signedProposal).get()

        #expect(rule.asked.count == 1)
        #expect(answer.response?.status == 200)
        #expect(answer.payload == plain.payload)
    }

    @Test("checks of other contracts are not asked")
    func other() async throws {
        let rule = Rule(on: "others", "no")
        let answer = try await Self.endorser(rule).answer(to: Self.proposal().signedProposal).get()

        #expect(answer.response?.status == 200)
        #expect(rule.asked.isEmpty)
    }

    @Test("whoever did not sign his proposal reaches no check")
    func forged() async throws {
        var forged = try Self.proposal().signedProposal
        var signature = forged.signature.array
        signature[signature.count - 1] ^= 1
        forged.signature = Bytes(signature)
        let rule = Rule(on: "goods", "no")
        let answer = try await Self.endorser(rule).answer(to: forged)

        #expect(throws: EndorserError.self) { try answer.get() }
        #expect(rule.asked.isEmpty)
    }
}
