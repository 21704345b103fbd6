package import FabricTypes
package import Membership

/// Decides which peers to ask for endorsements, until those needed are there or cannot be had.
///
/// Pure: its owner asks the peers that ``next()`` names and reports what each answered. A peer that fails is replaced by
/// another that can take its part; where there is none, another way of satisfying the policies is taken, so that as little
/// as possible of what was asked before is in vain.
package struct EndorsementPlan: Sendable {
    package enum Step: Hashable, Sendable {
        /// Ask these candidates now, at the same time. Never empty.
        case ask([Int])
        /// Answers are outstanding.
        case wait
        /// What the endorsers signed, and their endorsements in the order of candidates, each endorser once.
        case complete(payload: Bytes, [Endorsement])
        /// No way is left.
        case exhausted
    }

    private enum Demand: Sendable {
        case policies([ChannelPolicy], identities: [Identity], any IdentityResolver)
        case layout(EndorsementLayout)
    }

    private enum Status: Sendable {
        case idle, asked, failed
        case endorsed(Endorsement)
    }

    private let demand: Demand
    private var statuses: [Status]
    private var layouts: [EndorsementLayout]
    /// What the first endorser signed; all others must sign the same.
    package private(set) var payload: Bytes?

    /// - Parameter candidates: the preferred ones first.
    package init(
        satisfying policies: [ChannelPolicy], by candidates: [Identity], resolver: any IdentityResolver
    ) {
        self.init(.policies(policies, identities: candidates, resolver), candidateCount: candidates.count)
    }

    /// A plan that needs one peer for each of the places.
    package init(places: [[Int]], candidateCount: Int) {
        self.init(.layout(EndorsementLayout(places: places)), candidateCount: candidateCount)
    }

    private init(_ demand: Demand, candidateCount: Int) {
        self.demand = demand
        statuses = Array(repeating: .idle, count: candidateCount)
        layouts = []
        layouts = availableLayouts()
    }

    /// Whether there is any way at all; if not, the first step is ``Step/exhausted``.
    package var isPossible: Bool { !layouts.isEmpty }

    /// What to do now. Those it names count as asked.
    package mutating func next() -> Step {
        guard let chosen = bestAssignment() else {
            return hasOutstandingAnswers ? .wait : .exhausted
        }
        var endorsements: [Endorsement] = []
        var idle: [Int] = []
        for candidate in chosen {
            switch statuses[candidate] {
            case .endorsed(let endorsement): endorsements.append(endorsement)
            case .idle: idle.append(candidate)
            case .asked, .failed: break
            }
        }
        if let payload, endorsements.count == chosen.count {
            return .complete(payload: payload, Self.unique(endorsements))
        }
        guard !idle.isEmpty else { return .wait }
        for candidate in idle { statuses[candidate] = .asked }
        return .ask(idle)
    }

    /// A candidate endorsed.
    ///
    /// - Returns: whether it signed what the others did. If not, the candidate counts as failed.
    package mutating func endorsed(_ candidate: Int, payload: Bytes, _ endorsement: Endorsement) -> Bool {
        guard (self.payload ?? payload) == payload else {
            failed(candidate)
            return false
        }
        self.payload = payload
        statuses[candidate] = .endorsed(endorsement)
        return true
    }

    /// Endorsers must sign this: somebody did who is no candidate.
    package mutating func expect(_ payload: Bytes) {
        self.payload = payload
    }

    /// A candidate did not endorse, and is not to be asked again.
    package mutating func failed(_ candidate: Int) {
        statuses[candidate] = .failed
        layouts = availableLayouts()
    }

    private var hasOutstandingAnswers: Bool {
        statuses.contains { status in
            if case .asked = status { true } else { false }
        }
    }

    private var available: [Int] {
        statuses.indices.filter { candidate in
            if case .failed = statuses[candidate] { false } else { true }
        }
    }

    private func availableLayouts() -> [EndorsementLayout] {
        let available = available
        switch demand {
        case .layout(let layout):
            return PlaceAssignment(places: layout.places, preferring: available) == nil ? [] : [layout]
        case .policies(let policies, let identities, let resolver):
            let found = EndorsementLayouts.find(
                satisfying: policies, by: available.map { identities[$0] }, resolver: resolver)
            return found.map { layout in
                EndorsementLayout(places: layout.places.map { place in place.map { available[$0] } })
            }
        }
    }

    /// The candidates of the layout for which the fewest more need be asked; of equal ones that with the preferred ones.
    ///
    /// - Returns: ascending; nil where no layout can be filled.
    private func bestAssignment() -> [Int]? {
        let order = available.sorted { (rank($0), $0) < (rank($1), $1) }
        var best: (candidates: [Int], idle: [Int])?
        for layout in layouts {
            guard let assignment = PlaceAssignment(places: layout.places, preferring: order) else { continue }
            let candidates = assignment.candidates.sorted()
            let idle = candidates.filter { rank($0) == 2 }
            if let best, !Self.isBetter(idle, than: best.idle) { continue }
            best = (candidates, idle)
        }
        return best?.candidates
    }

    private static func isBetter(_ candidates: [Int], than others: [Int]) -> Bool {
        candidates.count == others.count
            ? candidates.lexicographicallyPrecedes(others) : candidates.count < others.count
    }

    private func rank(_ candidate: Int) -> Int {
        switch statuses[candidate] {
        case .endorsed: 0
        case .asked: 1
        case .idle, .failed: 2
        }
    }

    private static func unique(_ endorsements: [Endorsement]) -> [Endorsement] {
        var seen: Set<Bytes> = []
        return endorsements.filter { seen.insert($0.endorser).inserted }
    }
}
