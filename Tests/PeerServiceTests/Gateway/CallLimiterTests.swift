internal import FabricTypes
internal import Membership
internal import Synchronization
import Testing

@testable internal import PeerService

@Suite("Limits of a gateway")
struct CallLimiterTests {
    /// A clock that a test moves.
    private final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { instant.withLock { $0 } }

        func advance(by duration: Duration) {
            instant.withLock { $0 = $0.advanced(by: duration) }
        }
    }

    private func identity(_ name: String, of mspID: String) -> Identity {
        Identity(
            identifier: IdentityIdentifier(
                mspID: MSPID(unchecked: Bytes(mspID)), certificateDigest: Digest(of: Bytes(name))))
    }

    private func limits(_ change: (inout GatewayLimits) -> Void) -> GatewayLimits {
        var limits = GatewayLimits()
        change(&limits)
        return limits
    }

    @Test("an identity, an organisation and the node each have their own bound")
    func concurrency() throws {
        let clock = Clock()
        let limiter = CallLimiter(
            limits { $0.working = .init(identityMax: 2, organizationMax: 3, nodeMax: 5) }, now: { clock.now })
        let (a, b, c, d) = (
            identity("a", of: "A"), identity("b", of: "A"), identity("c", of: "C"), identity("d", of: "D")
        )

        let first = try limiter.enter(.working, a)
        _ = try limiter.enter(.working, a)
        expectRefusal(limiter, a, "This client of A has 2 calls under way")
        _ = try limiter.enter(.working, b)
        expectRefusal(limiter, b, "The clients of A have 3 calls under way")
        _ = try limiter.enter(.working, c)
        _ = try limiter.enter(.working, c)
        expectRefusal(limiter, d, "This gateway has 5 calls under way")
        #expect(limiter.refusedCount == 3)

        limiter.leave(first)
        _ = try limiter.enter(.working, a)
    }

    @Test("who is not verified counts for the node alone")
    func unverified() throws {
        let limiter = CallLimiter(
            limits { $0.working = .init(identityMax: 1, organizationMax: 1, nodeMax: 3) }, now: { .now })

        _ = try limiter.enter(.working, nil)
        _ = try limiter.enter(.working, nil)
        _ = try limiter.enter(.working, identity("a", of: "A"))
        expectRefusal(limiter, nil, "This gateway has 3 calls under way")
    }

    @Test("calls that wait do not take the place of calls that work")
    func kinds() throws {
        let limiter = CallLimiter(
            limits {
                $0.working = .init(identityMax: 1, organizationMax: 1, nodeMax: 1)
                $0.waiting = .init(identityMax: 1, organizationMax: 1, nodeMax: 1)
            }, now: { .now })
        let a = identity("a", of: "A")

        _ = try limiter.enter(.waiting, a)
        _ = try limiter.enter(.working, a)
        #expect(throws: GatewayError.self) { try limiter.enter(.waiting, a) }
    }

    @Test("a rate lets one second's worth through at once and then as time goes by")
    func rate() throws {
        let clock = Clock()
        let limiter = CallLimiter(
            limits { $0.identityRate = .init(callsPerSecond: 2) }, now: { clock.now })
        let (a, b) = (identity("a", of: "A"), identity("b", of: "A"))
        func call(_ caller: Identity) throws { limiter.leave(try limiter.enter(.working, caller)) }

        try call(a)
        try call(a)
        expectRefusal(limiter, a, "This client of A makes more than 2 calls a second")
        try call(b)
        clock.advance(by: .milliseconds(500))
        try call(a)
        expectRefusal(limiter, a, "more than 2 calls a second")
        clock.advance(by: .seconds(60))
        try call(a)
        try call(a)
        expectRefusal(limiter, a, "more than 2 calls a second")
    }

    @Test("an organisation's rate holds for all of its clients together")
    func organizationRate() throws {
        let limiter = CallLimiter(
            limits { $0.organizationRate = .init(callsPerSecond: 1) }, now: { [now = ContinuousClock.now] in now })

        _ = try limiter.enter(.working, identity("a", of: "A"))
        expectRefusal(limiter, identity("b", of: "A"), "The clients of A make more than 1 calls a second")
        _ = try limiter.enter(.working, identity("c", of: "C"))
    }

    @Test("quiet callers are forgotten")
    func forgets() throws {
        let limiter = CallLimiter(GatewayLimits(), now: { .now })
        let tickets = try (0..<100).map { try limiter.enter(.working, identity("\($0)", of: "A")) }
        #expect(limiter.callerCount == 101)

        for ticket in tickets { limiter.leave(ticket) }

        #expect(limiter.callerCount == 0)
    }

    private func expectRefusal(
        _ limiter: CallLimiter, _ caller: Identity?, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do throws(GatewayError) {
            _ = try limiter.enter(.working, caller)
            Issue.record("the call was let in", sourceLocation: sourceLocation)
        } catch {
            #expect(error.code == .resourceExhausted, sourceLocation: sourceLocation)
            #expect(error.message.contains(text), "\(error.message)", sourceLocation: sourceLocation)
        }
    }
}
