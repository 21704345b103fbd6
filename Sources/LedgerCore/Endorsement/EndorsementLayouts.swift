internal import FabricTypes
package import Membership

/// One way to satisfy a set of policies with the peers there are.
package struct EndorsementLayout: Hashable, Sendable {
    /// For each place the candidates that can take it, by index, ascending. Every place needs a peer of its own.
    package let places: [[Int]]
}

/// Finds the ways in which peers can satisfy policies.
///
/// A policy asks for principals; here a principal is the set of candidates that satisfy it, so that two names for the same
/// peers are one. Inside a signature policy every leaf needs a signer of its own, while separate policies may be satisfied
/// by the same signer.
///
/// Bounded: at most ``layoutCountMax`` ways are kept for each rule, those that name the first children of a gate, and after
/// ``stepCountMax`` steps the search ends with what it has. Source: Fabric's `inquire` and `discovery/endorsement`.
package struct EndorsementLayouts {
    package static let layoutCountMax = 256
    package static let stepCountMax = 50_000

    /// Indices of groups, ascending, repeated where several peers of one group are needed.
    private typealias Way = [Int]

    private let candidates: [Identity]
    private let resolver: any IdentityResolver
    /// Candidates by index, ascending.
    private var groups: [[Int]] = []
    private var groupIndex: [[Int]: Int] = [:]
    private var groupOfPrincipal: [MSPPrincipal: Int] = [:]
    private var stepCount = 0
    private var stepCountLimit = stepCountMax

    private init(_ candidates: [Identity], resolver: any IdentityResolver) {
        self.candidates = candidates
        self.resolver = resolver
    }

    /// - Returns: layouts of which none contains another; empty where the candidates cannot satisfy the policies.
    package static func find(
        satisfying policies: [ChannelPolicy], by candidates: [Identity], resolver: any IdentityResolver
    ) -> [EndorsementLayout] {
        var search = EndorsementLayouts(candidates, resolver: resolver)
        return search.ways(satisfying: policies).map { way in EndorsementLayout(places: way.map { search.groups[$0] }) }
    }

    private mutating func ways(of policy: ChannelPolicy) -> [Way] {
        if let envelope = policy.signaturePolicy {
            return ways(of: envelope.rule, principals: envelope.identities)
        }
        guard let (threshold, subPolicies) = policy.implicitMeta else { return [] }
        return choices(of: threshold, among: subPolicies.map { ways(of: $0) }, isShared: true)
    }

    // Recursion is bounded by the depth that the wire reader allows.
    private mutating func ways(of rule: SignaturePolicy?, principals: [MSPPrincipal]) -> [Way] {
        switch rule?.rule {
        case .signedBy(let index):
            guard index >= 0, index < principals.count else { return [] }
            let group = group(of: principals[Int(index)])
            return groups[group].isEmpty ? [] : [[group]]
        case .nOutOf(let gate):
            return choices(
                of: Int(gate.n), among: gate.rules.map { ways(of: $0, principals: principals) }, isShared: false)
        case nil:
            return []
        }
    }

    private mutating func group(of principal: MSPPrincipal) -> Int {
        if let known = groupOfPrincipal[principal] { return known }
        let members = candidates.indices.filter { resolver.satisfies(candidates[$0], principal) }
        let group = group(of: members)
        groupOfPrincipal[principal] = group
        return group
    }

    private mutating func group(of members: [Int]) -> Int {
        if let known = groupIndex[members] { return known }
        groups.append(members)
        groupIndex[members] = groups.count - 1
        return groups.count - 1
    }

    /// The ways to satisfy `count` of the children, of which each has its own ways.
    ///
    /// - Parameter isShared: whether one signer counts for several children.
    private mutating func choices(of count: Int, among children: [[Way]], isShared: Bool) -> [Way] {
        // A rule that asks for nobody names nobody to ask; stock nodes find it unsatisfiable.
        let possible = children.filter { !$0.isEmpty }
        guard count > 0, count <= possible.count else { return [] }
        // Where the search has been long already, a few steps remain for what joins its parts.
        stepCountLimit = max(Self.stepCountMax, stepCount + Self.layoutCountMax)
        var found: [Way] = []
        var seen: Set<Way> = []
        choose(count, of: possible[...], beside: [], isShared: isShared) { way in
            if seen.insert(way).inserted { found.append(way) }
            return found.count < Self.layoutCountMax
        }
        return Self.minimal(found)
    }

    /// Hands every completed way to `take`, until that answers false.
    @discardableResult
    private mutating func choose(
        _ count: Int, of children: ArraySlice<[Way]>, beside way: Way, isShared: Bool, take: (Way) -> Bool
    ) -> Bool {
        if count == 0 { return take(way) }
        // What an earlier child offered here leaves fewer children to go on with: it is tried once.
        var tried: Set<Way> = []
        // Only taking a child nests, so the depth is that of a way.
        for index in children.indices.dropLast(count - 1) {
            for addition in children[index] where tried.insert(addition).inserted {
                stepCount += 1
                guard stepCount <= stepCountLimit else { return false }
                let extended = isShared ? merged(way, addition) : (way + addition).sorted()
                guard hasEnoughPeers(extended) else { continue }
                let rest = children[(index + 1)...]
                guard choose(count - 1, of: rest, beside: extended, isShared: isShared, take: take) else {
                    return false
                }
            }
        }
        return true
    }

    /// The ways to satisfy all policies at once, by the same signers where that is possible.
    private mutating func ways(satisfying policies: [ChannelPolicy]) -> [Way] {
        var joint: [Way] = [[]]
        for policy in policies {
            // Two policies at a time, however many there are.
            joint = choices(of: 2, among: [joint, ways(of: policy)], isShared: true)
        }
        return joint
    }

    /// Both ways at once with as few peers as a simple pairing finds: a place of one that some peer can take together with a
    /// place of the other becomes one place.
    private mutating func merged(_ first: Way, _ second: Way) -> Way {
        var open = first
        var result: Way = []
        for group in second {
            guard let partner = partner(of: group, in: open) else {
                result.append(group)
                continue
            }
            let common = groups[group].filter(Set(groups[open[partner]]).contains)
            open.remove(at: partner)
            result.append(self.group(of: common))
        }
        return (result + open).sorted()
    }

    /// The place that shares most peers with a group; an equal one at best.
    private func partner(of group: Int, in open: Way) -> Int? {
        if let equal = open.firstIndex(of: group) { return equal }
        let members = Set(groups[group])
        let shared = open.map { groups[$0].count { members.contains($0) } }
        guard let most = shared.max(), most > 0 else { return nil }
        return shared.firstIndex(of: most)
    }

    /// Whether every place can have a peer of its own.
    private func hasEnoughPeers(_ way: Way) -> Bool {
        guard way.count <= candidates.count else { return false }
        return PlaceAssignment(places: way.map { groups[$0] }, preferring: Array(candidates.indices)) != nil
    }

    /// Leaves out what contains something else.
    private static func minimal(_ ways: [Way]) -> [Way] {
        ways.filter { way in
            !ways.contains { $0.count < way.count && isPart($0, of: way) }
        }
    }

    /// Both ascend.
    private static func isPart(_ part: Way, of whole: Way) -> Bool {
        var rest = whole[...]
        for group in part {
            guard let position = rest.firstIndex(of: group) else { return false }
            rest = rest[(position + 1)...]
        }
        return true
    }
}
