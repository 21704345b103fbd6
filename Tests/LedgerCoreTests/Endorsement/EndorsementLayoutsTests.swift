internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership
import Testing

@Suite("Endorsement layouts")
struct EndorsementLayoutsTests {
    private func layouts(_ policies: [String], _ peers: FakePeers) throws -> Set<[[Int]]> {
        let found = EndorsementLayouts.find(
            satisfying: try policies.map { try EndorsementPlanTests.policy($0) }, by: peers.identities, resolver: peers)
        return Set(found.map { $0.places.sorted { $0.lexicographicallyPrecedes($1) } })
    }

    @Test("each gate names its minimal combinations")
    func combinations() throws {
        let peers = FakePeers("A0", "A1", "B0", "C0")
        let (a, b, c) = ([0, 1], [2], [3])

        #expect(try layouts(["AND('A.peer','B.peer')"], peers) == [[a, b]])
        #expect(try layouts(["OR('A.peer','B.peer')"], peers) == [[a], [b]])
        #expect(try layouts(["OutOf(2,'A.peer','B.peer','C.peer')"], peers) == [[a, b], [a, c], [b, c]])
        #expect(try layouts(["OR('A.peer',AND('A.peer','B.peer'))"], peers) == [[a]])
        #expect(try layouts(["OR('A.peer','X.peer')"], peers) == [[a]])
        #expect(try layouts(["OutOf(0,'A.peer')"], peers) == [])
    }

    @Test("a signer stands for one leaf of a policy, but for several policies")
    func sharing() throws {
        let peers = FakePeers("A0", "B0")

        #expect(try layouts(["AND('A.peer','A.member')"], peers) == [])
        #expect(try layouts(["OR('A.peer')", "OR('A.member')"], peers) == [[[0]]])
        #expect(
            try layouts(["OR('A.peer','B.peer')", "OR('A.peer','B.peer')"], peers) == [[[0]], [[1]]])
    }

    @Test("large policies end in time, with layouts that hold")
    func isBounded() throws {
        let leaves = (0..<26).map { "'\(Character(Unicode.Scalar(UInt8(65 + $0)))).peer'" }.joined(separator: ",")
        var peers = FakePeers()
        for letter in 65..<91 { peers = peers.adding("\(Character(Unicode.Scalar(UInt8(letter))))0") }
        let policy = try EndorsementPlanTests.policy("OutOf(13,\(leaves))")

        let found = EndorsementLayouts.find(satisfying: [policy], by: peers.identities, resolver: peers)

        #expect(found.count == EndorsementLayouts.layoutCountMax)
        #expect(found.allSatisfy { Set($0.places).count == 13 })
    }

    @Test("a policy of very many leaves neither ends the process nor takes long")
    func manyLeaves() throws {
        let principal = MSPPrincipal(MSPRole(.peer, of: MSPID(unchecked: Bytes("A"))))
        let leafCount = 50_000
        let rule = SignaturePolicy.nOutOf(2, Array(repeating: .signedBy(0), count: leafCount))
        let policy = ChannelPolicy(
            name: "many",
            signature: try SignaturePolicyEvaluator(
                SignaturePolicyEnvelope(rule: rule, identities: [principal])))

        let one = FakePeers("A0")
        #expect(EndorsementLayouts.find(satisfying: [policy], by: one.identities, resolver: one).isEmpty)
        let two = FakePeers("A0", "A1")
        #expect(
            EndorsementLayouts.find(satisfying: [policy], by: two.identities, resolver: two).map(\.places)
                == [[[0, 1], [0, 1]]])
    }

    @Test("peers that take the places of a layout satisfy every policy", arguments: Seeds.sample(20))
    func layoutsSatisfy(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let peers = FakePeers("A0", "A1", "B0", "B1", "C0", "D0", "E0", "F0")
        // No organisation twice in one policy: evaluation is greedy, and could take a signer that is needed elsewhere.
        var letters: [String] = []
        func randomRule(depth: Int) -> String {
            if letters.isEmpty { letters = ["X"] }
            if depth == 0 || Int.random(in: 0..<3, using: &generator) == 0 { return "'\(letters.removeLast()).peer'" }
            let count = Int.random(in: 1...4, using: &generator)
            let children = (0..<count).map { _ in randomRule(depth: depth - 1) }.joined(separator: ",")
            return "OutOf(\(Int.random(in: 1...count, using: &generator)),\(children))"
        }
        for _ in 0..<20 {
            let texts = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                letters = ["A", "B", "C", "D", "E", "F", "G"].shuffled(using: &generator)
                return "OutOf(1,\(randomRule(depth: 2)))"
            }
            let policies = try texts.map { try EndorsementPlanTests.policy($0) }
            let found = EndorsementLayouts.find(satisfying: policies, by: peers.identities, resolver: peers)
            for layout in found {
                var plan = EndorsementPlan(places: layout.places, candidateCount: peers.names.count)
                let endorsers = try #require(EndorsementPlanTests.run(&plan, peers.names).endorsers)
                let signers = VerifiedSigners(
                    assuming: endorsers.map { FakePeers.identity($0) }, resolver: peers)
                for policy in policies {
                    #expect(policy.isSatisfied(by: signers), "seed \(seed): \(texts) by \(endorsers)")
                }
            }
            let everybody = VerifiedSigners(assuming: peers.identities, resolver: peers)
            let isPossible = policies.allSatisfy { $0.isSatisfied(by: everybody) }
            #expect(isPossible == !found.isEmpty, "seed \(seed): \(texts)")
        }
    }
}
