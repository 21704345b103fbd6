internal import FabricTypes
internal import Membership
internal import Synchronization

/// Counts the calls under way, and refuses those beyond ``GatewayLimits``.
///
/// Only a caller whose signature was verified is counted by name, so that nobody can use up another one's share.
/// Remembers nothing of callers that are quiet. Safe to use from any thread.
final class CallLimiter: Sendable {
    enum Kind: Int, Sendable {
        case working, waiting
    }

    /// A place that was given; hand it back with ``leave(_:)``.
    struct Ticket: Sendable {
        fileprivate let kind: Kind
        fileprivate let caller: Identity?
    }

    private struct Share {
        var counts = [0, 0]
        /// Calls that may begin now; nil until the first that a rate bounds.
        var allowance: Double?
        var allowanceAt: ContinuousClock.Instant?

        var isIdle: Bool { counts == [0, 0] }
    }

    private struct State {
        var counts = [0, 0]
        var byIdentity: [IdentityIdentifier: Share] = [:]
        var byOrganization: [MSPID: Share] = [:]
    }

    private let limits: GatewayLimits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())
    private let refused = Atomic<Int>(0)

    init(_ limits: GatewayLimits, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.limits = limits
        self.now = now
    }

    /// How many calls were refused so far.
    var refusedCount: Int { refused.load(ordering: .relaxed) }

    /// How many callers are remembered.
    var callerCount: Int { state.withLock { $0.byIdentity.count + $0.byOrganization.count } }

    /// - Parameter caller: whose signature over the call is right; nil for anybody else.
    /// - Throws: ``GatewayError`` `resourceExhausted`.
    func enter(_ kind: Kind, _ caller: Identity?) throws(GatewayError) -> Ticket {
        let instant = now()
        let refusal = state.withLock { state in admit(kind, caller, at: instant, &state) }
        if let refusal {
            refused.add(1, ordering: .relaxed)
            throw GatewayError(.resourceExhausted, refusal)
        }
        return Ticket(kind: kind, caller: caller)
    }

    func leave(_ ticket: Ticket) {
        state.withLock { state in
            state.counts[ticket.kind.rawValue] -= 1
            guard let caller = ticket.caller else { return }
            Self.release(ticket.kind, &state.byIdentity, caller.identifier, keepsAllowance: limits.identityRate != nil)
            Self.release(
                ticket.kind, &state.byOrganization, caller.mspID, keepsAllowance: limits.organizationRate != nil)
        }
    }

    /// - Returns: why not, or nil.
    private func admit(
        _ kind: Kind, _ caller: Identity?, at instant: ContinuousClock.Instant, _ state: inout State
    ) -> String? {
        let limit = kind == .working ? limits.working : limits.waiting
        let index = kind.rawValue
        guard state.counts[index] < limit.nodeMax else {
            return "This gateway has \(limit.nodeMax) calls under way, which is all it takes. Try again later."
        }
        guard let caller else {
            state.counts[index] += 1
            return nil
        }
        var identity = state.byIdentity[caller.identifier] ?? Share()
        var organization = state.byOrganization[caller.mspID] ?? Share()
        guard identity.counts[index] < limit.identityMax else {
            return "This client of \(caller.mspID) has \(limit.identityMax) calls under way, which is all it may have. "
                + "Wait for some of them to end."
        }
        guard organization.counts[index] < limit.organizationMax else {
            return "The clients of \(caller.mspID) have \(limit.organizationMax) calls under way, which is all they "
                + "may have. Try again later."
        }
        if kind == .working {
            guard Self.hasAllowance(&identity, limits.identityRate, at: instant) else {
                return refusal("This client of \(caller.mspID) makes", limits.identityRate)
            }
            guard Self.hasAllowance(&organization, limits.organizationRate, at: instant) else {
                return refusal("The clients of \(caller.mspID) make", limits.organizationRate)
            }
            identity.allowance = identity.allowance.map { $0 - 1 }
            organization.allowance = organization.allowance.map { $0 - 1 }
        }
        identity.counts[index] += 1
        organization.counts[index] += 1
        state.counts[index] += 1
        if limits.identityRate != nil, state.byIdentity.count >= Self.sweepCount { sweep(&state, at: instant) }
        state.byIdentity[caller.identifier] = identity
        state.byOrganization[caller.mspID] = organization
        return nil
    }

    private func refusal(_ subject: String, _ rate: GatewayLimits.Rate?) -> String {
        "\(subject) more than \(rate?.callsPerSecond ?? 0) calls a second. Slow down and try again."
    }

    private static func hasAllowance(
        _ share: inout Share, _ rate: GatewayLimits.Rate?, at instant: ContinuousClock.Instant
    ) -> Bool {
        guard let rate else { return true }
        let full = Double(rate.callsPerSecond)
        if let allowance = share.allowance, let since = share.allowanceAt {
            share.allowance = min(full, allowance + full * (since.duration(to: instant) / .seconds(1)))
        } else {
            share.allowance = full
        }
        share.allowanceAt = instant
        return (share.allowance ?? 0) >= 1
    }

    private static func release<Key: Hashable>(
        _ kind: Kind, _ shares: inout [Key: Share], _ key: Key, keepsAllowance: Bool
    ) {
        guard var share = shares[key] else { return }
        share.counts[kind.rawValue] -= 1
        shares[key] = share.isIdle && !keepsAllowance ? nil : share
    }

    /// From so many callers on, those are forgotten who called nothing for a second: their allowance is full again.
    private static let sweepCount = 10_000

    private func sweep(_ state: inout State, at instant: ContinuousClock.Instant) {
        state.byIdentity = state.byIdentity.filter { _, share in
            !share.isIdle || share.allowanceAt.map { $0.duration(to: instant) < .seconds(1) } ?? false
        }
    }
}
