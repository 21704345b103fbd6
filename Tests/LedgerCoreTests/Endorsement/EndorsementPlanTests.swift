internal import FabricTypes
internal import LedgerCore
internal import Membership
import Testing

@Suite("Endorsement plans")
struct EndorsementPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let title: String
        let policies: [String]
        /// The preferred ones first.
        let peers: FakePeers
        var down: Set<String> = []
        /// Who is asked, step by step; nil where no way remains.
        let asked: [[String]]
        let endorsers: [String]?

        var testDescription: String { title }
    }

    static let cases: [Case] = [
        Case(
            title: "AND asks one peer of each", policies: ["AND('A.peer','B.peer')"],
            peers: FakePeers("A0", "A1", "B0", "C0"), asked: [["A0", "B0"]], endorsers: ["A0", "B0"]),
        Case(
            title: "OR asks the preferred one", policies: ["OR('A.peer','B.peer','C.peer')"],
            peers: FakePeers("B0", "A0", "C0"), asked: [["B0"]], endorsers: ["B0"]),
        Case(
            title: "OutOf asks as many as it needs", policies: ["OutOf(2,'A.peer','B.peer','C.peer')"],
            peers: FakePeers("A0", "B0", "C0"), asked: [["A0", "B0"]], endorsers: ["A0", "B0"]),
        Case(
            title: "OutOf goes round a peer that is down", policies: ["OutOf(2,'A.peer','B.peer','C.peer')"],
            peers: FakePeers("A0", "B0", "C0"), down: ["B0"], asked: [["A0", "B0"], ["C0"]], endorsers: ["A0", "C0"]),
        Case(
            title: "another peer of the organisation stands in", policies: ["AND('A.peer','B.peer')"],
            peers: FakePeers("A0", "B0", "B1"), down: ["B0"], asked: [["A0", "B0"], ["B1"]], endorsers: ["A0", "B1"]),
        Case(
            title: "nothing remains where an organisation is down", policies: ["AND('A.peer','B.peer')"],
            peers: FakePeers("A0", "B0", "B1", "C0"), down: ["B0", "B1"], asked: [["A0", "B0"], ["B1"]],
            endorsers: nil),
        Case(
            title: "two of one organisation need two peers", policies: ["OutOf(2,'A.peer','A.peer')"],
            peers: FakePeers("A0", "A1", "A2"), asked: [["A0", "A1"]], endorsers: ["A0", "A1"]),
        Case(
            title: "the same with one peer is impossible", policies: ["AND('A.peer','A.peer')"],
            peers: FakePeers("A0", "B0"), asked: [], endorsers: nil),
        Case(
            title: "two policies share their endorsers",
            policies: ["AND('A.peer','B.peer')", "AND('B.peer','C.peer')"],
            peers: FakePeers("A0", "B0", "C0"), asked: [["A0", "B0", "C0"]], endorsers: ["A0", "B0", "C0"]),
        Case(
            title: "two alternatives meet in whom they have in common",
            policies: ["OR('A.peer','B.peer')", "OR('B.peer','C.peer')"], peers: FakePeers("A0", "B0", "C0"),
            asked: [["B0"]], endorsers: ["B0"]),
        Case(
            title: "a member is a peer too", policies: ["AND('A.member','B.member')", "OR('A.peer','C.peer')"],
            peers: FakePeers("A0", "B0", "C0"), asked: [["A0", "B0"]], endorsers: ["A0", "B0"]),
        Case(
            title: "the fewest are asked", policies: ["OR(AND('A.peer','B.peer'),'C.peer')"],
            peers: FakePeers("A0", "B0", "C0"), asked: [["C0"]], endorsers: ["C0"]),
        Case(
            title: "nested gates", policies: ["AND('A.peer',OR(AND('B.peer','C.peer'),'D.peer'))"],
            peers: FakePeers("A0", "B0", "C0", "D0"), down: ["D0"], asked: [["A0", "D0"], ["B0", "C0"]],
            endorsers: ["A0", "B0", "C0"]),
        Case(
            title: "a role that no peer has", policies: ["AND('A.peer','B.admin')"], peers: FakePeers("A0", "B0"),
            asked: [], endorsers: nil),
    ]

    @Test("ask these peers", arguments: cases)
    func asksThesePeers(_ example: Case) throws {
        var plan = EndorsementPlan(
            satisfying: try example.policies.map { try Self.policy($0) }, by: example.peers.identities,
            resolver: example.peers)
        let outcome = Self.run(&plan, example.peers.names, down: example.down)

        #expect(outcome.asked == example.asked)
        #expect(outcome.endorsers == example.endorsers)
    }

    @Test("an endorsement that is there already is made use of")
    func firstEndorsement() throws {
        let peers = FakePeers("A0", "B0", "C0")
        var plan = EndorsementPlan(
            satisfying: [try Self.policy("OutOf(2,'A.peer','B.peer','C.peer')")], by: peers.identities, resolver: peers)

        expect(&plan, takes: 2, payload: Bytes("p"), Self.endorsement("C0"))

        let outcome = Self.run(&plan, peers.names)
        #expect(outcome.asked == [["A0"]])
        #expect(outcome.endorsers == ["A0", "C0"])
    }

    @Test("an endorser whose part nobody needs is left out")
    func uselessEndorsement() throws {
        let peers = FakePeers("A0", "B0")
        var plan = EndorsementPlan(
            satisfying: [try Self.policy("OR('B.peer')")], by: peers.identities, resolver: peers)

        expect(&plan, takes: 0, payload: Bytes("p"), Self.endorsement("A0"))

        #expect(Self.run(&plan, peers.names).endorsers == ["B0"])
    }

    @Test("who signs something else is replaced")
    func mismatch() throws {
        let peers = FakePeers("A0", "B0", "B1")
        var plan = EndorsementPlan(
            satisfying: [try Self.policy("AND('A.peer','B.peer')")], by: peers.identities, resolver: peers)

        expect(&plan, .ask([0, 1]))
        expect(&plan, .wait)
        expect(&plan, takes: 0, payload: Bytes("p"), Self.endorsement("A0"))
        expect(&plan, refuses: 1, payload: Bytes("other"), Self.endorsement("B0"))
        expect(&plan, .ask([2]))
        expect(&plan, takes: 2, payload: Bytes("p"), Self.endorsement("B1"))

        expect(&plan, .complete(payload: Bytes("p"), [Self.endorsement("A0"), Self.endorsement("B1")]))
    }

    @Test("answers that are still to come are waited for before giving up")
    func waitsBeforeGivingUp() throws {
        let peers = FakePeers("A0", "B0")
        var plan = EndorsementPlan(
            satisfying: [try Self.policy("AND('A.peer','B.peer')")], by: peers.identities, resolver: peers)

        expect(&plan, .ask([0, 1]))
        plan.failed(1)
        expect(&plan, .wait)
        expect(&plan, takes: 0, payload: Bytes("p"), Self.endorsement("A0"))

        expect(&plan, .exhausted)
    }

    @Test("a plan by organisations asks one peer of each and its stand-ins")
    func byPlaces() {
        let names = ["A0", "A1", "B0"]
        var plan = EndorsementPlan(places: [[0, 1], [2]], candidateCount: 3)

        let outcome = Self.run(&plan, names, down: ["A0"])

        #expect(outcome.asked == [["A0", "B0"], ["A1"]])
        #expect(outcome.endorsers == ["A1", "B0"])
    }

    @Test("an endorser that answers under two names counts once")
    func uniqueEndorsers() {
        var plan = EndorsementPlan(places: [[0], [1]], candidateCount: 2)
        expect(&plan, .ask([0, 1]))

        expect(&plan, takes: 0, payload: Bytes("p"), Self.endorsement("A0"))
        expect(&plan, takes: 1, payload: Bytes("p"), Self.endorsement("A0"))

        expect(&plan, .complete(payload: Bytes("p"), [Self.endorsement("A0")]))
    }

    // MARK: - Helpers

    private func expect(
        _ plan: inout EndorsementPlan, _ step: EndorsementPlan.Step, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let next = plan.next()
        #expect(next == step, sourceLocation: sourceLocation)
    }

    private func expect(
        _ plan: inout EndorsementPlan, takes candidate: Int, payload: Bytes, _ endorsement: Endorsement,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isTaken = plan.endorsed(candidate, payload: payload, endorsement)
        #expect(isTaken, sourceLocation: sourceLocation)
    }

    private func expect(
        _ plan: inout EndorsementPlan, refuses candidate: Int, payload: Bytes, _ endorsement: Endorsement,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isTaken = plan.endorsed(candidate, payload: payload, endorsement)
        #expect(!isTaken, sourceLocation: sourceLocation)
    }

    static func policy(_ text: String) throws -> ChannelPolicy {
        let envelope = try SignaturePolicyText.policy(text)
        return ChannelPolicy(name: text, signature: try SignaturePolicyEvaluator(envelope))
    }

    static func endorsement(_ name: String) -> Endorsement {
        Endorsement(endorser: Bytes(name), signature: Bytes("s"))
    }

    /// Answers for the peers until the plan ends.
    static func run(
        _ plan: inout EndorsementPlan, _ names: [String], down: Set<String> = []
    ) -> (asked: [[String]], endorsers: [String]?) {
        var asked: [[String]] = []
        while true {
            switch plan.next() {
            case .ask(let candidates):
                asked.append(candidates.map { names[$0] })
                for candidate in candidates {
                    let name = names[candidate]
                    if down.contains(name) {
                        plan.failed(candidate)
                    } else {
                        _ = plan.endorsed(candidate, payload: Bytes("p"), endorsement(name))
                    }
                }
            case .complete(_, let endorsements):
                return (asked, endorsements.map { $0.endorser.lossyText })
            case .wait, .exhausted:
                return (asked, nil)
            }
        }
    }
}
