import FabricTypes
import FunctionTypes
import Testing
import TriggerCore

@testable import TriggerService

@Suite("Calls with idempotency keys")
struct KeyedCallTests {
    let store = MemoryAnswerStore()
    let identities: FakeIdentities

    init() throws {
        identities = try FakeIdentities()
    }

    private func submit(_ argument: String, key: String, _ ledger: FakeLedger) async throws -> LedgerCalls.Submitted {
        // Every process has calls of its own; what it remembers is in the store.
        let calls = LedgerCalls(
            gateways: ledger, identities: identities, keys: store,
            now: { FabricTypes.Timestamp(seconds: FakeIdentities.instant) })
        let call = LedgerCall(
            channel: try ChannelID(validating: "trade"), contract: Bytes("goods"),
            arguments: [Bytes("put"), Bytes(argument)])
        let caller = LedgerCaller(
            service: try ServiceName(validating: "shop"), organization: try OrganizationName(validating: "Org1MSP"),
            requestID: "r")
        return try await calls.submit(call, key: key, for: caller)
    }

    @Test("a repeat has the same transaction, also under a renewed certificate")
    func repeats() async throws {
        let ledger = FakeLedger(seed: 1)
        let first = try await submit("a", key: "k", ledger)
        try identities.renew()
        let second = try await submit("a", key: "k", ledger)
        let other = try await submit("a", key: "l", ledger)

        #expect(first.transactionID == second.transactionID)
        #expect(first.transactionID != other.transactionID)
        #expect(ledger.effects == [["put", "a"], ["put", "a"]])
    }

    @Test("a key that was used for another call is refused")
    func otherCall() async throws {
        let ledger = FakeLedger(seed: 1)
        _ = try await submit("a", key: "k", ledger)

        await #expect(throws: LedgerGatewayError.self) { try await submit("b", key: "k", ledger) }
        await #expect(throws: LedgerGatewayError.self) { try await submit("a", key: "", ledger) }
        #expect(ledger.effects == [["put", "a"]])
    }

    @Test("whatever the network does, repeats end in one effect", arguments: UInt64(1)...20)
    func faults(seed: UInt64) async throws {
        let ledger = FakeLedger(seed: seed, faults: FakeLedger.Faults(failure: 0.3, conflict: 0.3))
        var isDone = false
        for _ in 0..<200 where !isDone {
            if let submitted = try? await submit("a", key: "k", ledger) { isDone = submitted.place.code.isValid }
        }

        #expect(isDone, "seed \(seed)")
        #expect(ledger.effects == [["put", "a"]], "seed \(seed)")
    }
}
