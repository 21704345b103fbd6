internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership
import Testing

@testable internal import PeerService

@Suite("Which peers a gateway asks")
struct EndorsementChoiceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let title: String
        /// After so many recorded blocks: `panel` is 2 of 3 at first and all of three later.
        var height: BlockNumber = 82
        let interest: [ChaincodeCall]
        var organizations: [String] = []
        var transient = false
        var down: Set<String> = []
        var absent: Set<String> = []
        /// The first peer asked, and those asked afterwards, in any order; several sets where chance decides.
        let asked: [Set<String>]
        var error: (GatewayError.Code, String)?

        var testDescription: String { title }
    }

    private static func call(
        _ name: String, _ collections: [String] = [], reads: Bool = false, keys: [String] = [],
        disregard: Bool = false
    ) -> ChaincodeCall {
        ChaincodeCall(
            name: Bytes(name), collectionNames: collections.map { Bytes($0) },
            noPrivateReads: !collections.isEmpty && !reads,
            keyPolicies: keys.compactMap { try? SignaturePolicyText.policy($0) }, disregardNamespacePolicy: disregard)
    }

    private static let noCombination =
        "no combination of peers can be derived which satisfy the endorsement policy: "

    static let cases: [Case] = [
        Case(
            title: "AND", interest: [call("goods")],
            asked: [["peer0.alder", "peer0.birch"]]),
        Case(title: "OR is satisfied by the own organisation", interest: [call("notes")], asked: [["peer0.alder"]]),
        Case(
            title: "OutOf two of three", height: 30, interest: [call("panel")],
            asked: [["peer0.alder", "peer0.birch"], ["peer0.alder", "peer0.cedar"]]),
        Case(
            title: "the channel's MAJORITY of three", interest: [call("pool")],
            asked: [["peer0.alder", "peer0.birch"], ["peer0.alder", "peer0.cedar"]]),
        Case(
            title: "MAJORITY of three with one organisation down", interest: [call("pool")], down: ["peer0.birch"],
            asked: [["peer0.alder", "peer0.cedar"], ["peer0.alder", "peer0.birch", "peer0.cedar"]]),
        Case(
            title: "MAJORITY of three with one organisation gone", interest: [call("pool")], absent: ["peer0.cedar"],
            asked: [["peer0.alder", "peer0.birch"]]),
        Case(
            title: "the own organisation's other peer stands in", interest: [call("goods")], down: ["peer0.alder"],
            asked: [["peer0.alder", "peer1.alder", "peer0.birch"]]),
        Case(
            title: "a key's own policy adds an organisation",
            interest: [call("goods", keys: ["AND('AlderMSP.peer','BirchMSP.peer','CedarMSP.peer')"])],
            asked: [["peer0.alder", "peer0.birch", "peer0.cedar"]]),
        Case(
            title: "a key's own policy instead of the chaincode's",
            interest: [call("goods", keys: ["OR('CedarMSP.peer')"], disregard: true)],
            asked: [["peer0.alder", "peer0.cedar"]]),
        Case(
            title: "a collection's own policy", interest: [call("goods", ["audit"])],
            asked: [["peer0.alder"], ["peer0.alder", "peer0.cedar"]]),
        Case(
            title: "a collection without one has the chaincode's", interest: [call("goods", ["pair"])],
            asked: [["peer0.alder", "peer0.birch"]]),
        Case(
            title: "an implicit collection is its organisation's",
            interest: [call("goods", ["_implicit_org_CedarMSP"])], asked: [["peer0.alder", "peer0.cedar"]]),
        Case(
            title: "two chaincodes with two policies", height: 110, interest: [call("goods"), call("panel")],
            asked: [["peer0.alder", "peer0.birch", "peer0.cedar"]]),
        Case(
            title: "one with an alternative and one without", interest: [call("notes"), call("goods")],
            asked: [["peer0.alder", "peer0.birch"]]),
        Case(
            title: "private reads keep others out", interest: [call("goods"), call("goods", ["audit"], reads: true)],
            asked: [["peer0.alder"]],
            error: (.failedPrecondition, noCombination + "no peer combination can satisfy the endorsement policy")),
        Case(
            title: "secrets go to members only", interest: [call("goods"), call("goods", ["audit"])], transient: true,
            asked: [["peer0.alder"]],
            error: (
                .failedPrecondition,
                "requires endorsement from organisation(s) that are not in the distribution policy of the private data "
                    + "collection(s): [audit]; retry specifying trusted endorsing organizations to protect transient "
                    + "data"
            )),
        Case(
            title: "secrets of a collection of two", interest: [call("goods", ["pair"])], transient: true,
            asked: [["peer0.alder", "peer0.birch"]]),
        Case(
            title: "named organisations and no others", interest: [call("goods")],
            organizations: ["CedarMSP", "BirchMSP"], asked: [["peer0.cedar", "peer0.birch"]]),
        Case(
            title: "a named organisation without peers", interest: [call("goods")],
            organizations: ["CedarMSP", "NoMSP"], asked: [[]],
            error: (.unavailable, "failed to find any endorsing peers for org(s): NoMSP")),
        Case(
            title: "AND with one organisation down", interest: [call("goods")], down: ["peer0.birch"],
            asked: [["peer0.alder", "peer0.birch"]],
            error: (
                .aborted, "failed to collect enough transaction endorsements, see attached details for more info"
            )),
        Case(
            title: "AND with one organisation gone", interest: [call("goods")], absent: ["peer0.birch"],
            asked: [["peer0.alder"]],
            error: (.failedPrecondition, noCombination + "no peer combination can satisfy the endorsement policy")),
        Case(
            title: "a chaincode that nobody defined", interest: [call("ghost")], asked: [["peer0.alder"]],
            error: (
                .failedPrecondition, noCombination + "No metadata was found for chaincode ghost in channel trade"
            )),
        Case(
            title: "a collection that nobody defined", interest: [call("goods", ["none"], reads: true)],
            asked: [["peer0.alder"]],
            error: (
                .failedPrecondition,
                noCombination + "collection none doesn't exist in collection config for chaincode goods"
            )),
        Case(
            title: "no policy at all", interest: [call("goods", disregard: true)], asked: [["peer0.alder"]],
            error: (
                .failedPrecondition,
                noCombination
                    + "requested to disregard chaincode goods's policy but key and collection policies are missing, "
                    + "either disable DisregardNamespacePolicy or specify at least one key policy or at least one "
                    + "collection policy"
            )),
        Case(
            title: "without own peers the policy names the first", interest: [call("goods")],
            absent: ["peer0.alder", "peer1.alder"], asked: [[]],
            error: (.failedPrecondition, noCombination + "no peer combination can satisfy the endorsement policy")),
        Case(
            title: "without own peers another organisation does", interest: [call("notes")],
            absent: ["peer0.alder", "peer1.alder"], asked: [["peer0.birch"], ["peer0.cedar"]]),
        Case(
            title: "secrets never leave for a first endorsement", interest: [call("notes")], transient: true,
            absent: ["peer0.alder", "peer1.alder"], asked: [[]],
            error: (
                .failedPrecondition,
                "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to "
                    + "protect transient data"
            )),
    ]

    @Test("are these", arguments: cases)
    func asks(_ example: Case) async throws {
        let world = try await GatewayWorld(height: example.height)
        world.endorseEverywhere(interest: example.interest, except: example.down)
        let gateway = world.gateway(without: example.absent)
        let chaincode = example.interest.first?.name.lossyText ?? ""
        let request = try GatewayClient().endorse(
            chaincode == "ghost" ? "goods" : chaincode, by: example.organizations,
            transient: example.transient ? [Bytes("secret"): Bytes("value")] : [:])

        var thrown: GatewayError?
        do throws(GatewayError) {
            let response = try await gateway.endorse(request, deadline: nil)
            let action = try? ScriptedPeer.endorsedAction(in: response)
            #expect(action?.endorsements.isEmpty == false)
        } catch {
            thrown = error
        }

        #expect(thrown?.code == example.error?.0)
        #expect(thrown?.message == example.error?.1)
        let asked = world.takeAsked()
        #expect(example.asked.contains(Set(asked)), "\(asked)")
        #expect(asked.count == Set(asked).count, "\(asked)")
    }

    @Test("of two equal peers the one with more blocks is asked, of equal ones the gateway's own")
    func byHeight() async throws {
        let interest = [ChaincodeCall(name: Bytes("notes"))]
        let higher = try await GatewayWorld(height: 82, heights: ["peer1.alder": 83])
        higher.endorseEverywhere(interest: interest)
        _ = try await higher.gateway().endorse(GatewayClient().endorse("notes"), deadline: nil)
        #expect(higher.takeAsked() == ["peer1.alder"])

        let equal = try await GatewayWorld(height: 82)
        equal.endorseEverywhere(interest: interest)
        for _ in 0..<5 {
            _ = try await equal.gateway().endorse(GatewayClient().endorse("notes"), deadline: nil)
        }
        #expect(Set(equal.takeAsked()) == ["peer0.alder"])
    }

    @Test("a peer that cannot run the chaincode is not asked")
    func needsChaincode() async throws {
        let world = try await GatewayWorld(height: 82)
        world.endorseEverywhere(interest: [ChaincodeCall(name: Bytes("goods"))])
        let gateway = world.gateway(chaincodes: ["peer0.alder": [], "peer0.birch": []])

        await #expect(
            throws: GatewayError(
                .failedPrecondition, Self.noCombination + "required chaincodes are not installed on sufficient peers")
        ) { try await gateway.endorse(GatewayClient().endorse(), deadline: nil) }
        #expect(world.takeAsked() == ["peer1.alder"])
    }

    @Test("an evaluation with transient data stays in the own organisation")
    func evaluationWithSecrets() async throws {
        let world = try await GatewayWorld(height: 82)
        let secret = [Bytes("secret"): Bytes("value")]
        let request = try GatewayClient().evaluate(transient: secret)

        await #expect(throws: GatewayError.self) { try await world.gateway().evaluate(request, deadline: nil) }
        #expect(world.takeAsked() == ["peer0.alder", "peer1.alder"])

        await #expect(
            throws: GatewayError(
                .failedPrecondition,
                "no endorsers found in the gateway's organization; retry specifying target organization(s) to protect "
                    + "transient data: no peers available to evaluate chaincode goods in channel trade")
        ) {
            try await world.gateway(without: ["peer0.alder", "peer1.alder"]).evaluate(request, deadline: nil)
        }
        #expect(world.takeAsked() == [])
    }
}
