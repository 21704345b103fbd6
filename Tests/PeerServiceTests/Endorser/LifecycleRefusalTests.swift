import ContractService
import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerTestKit
import Membership
import Testing

@testable import PeerService

/// What `_lifecycle` refuses at the end of the recording: `goods` is at sequence 2 there, `notes` at 1.
@Suite("Definitions that cannot be approved")
struct LifecycleRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let definition: ChaincodeDefinitionFields
        let reason: String

        init(_ name: String, _ reason: String, _ change: (inout ChaincodeDefinitionFields) -> Void) {
            testDescription = name
            var definition = ChaincodeDefinitionFields(
                name: Bytes("fresh"), sequence: 1, version: Bytes("1.0"), collections: CollectionConfigPackage())
            change(&definition)
            self.definition = definition
            self.reason = reason
        }

        /// Refused for a collection.
        static func collection(
            _ name: String, _ reason: String, _ change: (inout StaticCollectionConfig) -> Void
        ) -> Case {
            Case(name, "error validating chaincode definition: \(reason)") { definition in
                var collection = LifecycleRefusalTests.collection("secret", "AlderMSP")
                change(&collection)
                definition.collections = CollectionConfigPackage([collection])
            }
        }
    }

    private static func collection(_ name: String, _ members: String..., n: Int32 = 1) -> StaticCollectionConfig {
        StaticCollectionConfig(
            name: Bytes(name),
            memberOrganizationsPolicy: SignaturePolicyEnvelope(
                rule: .nOutOf(n, members.indices.map { .signedBy(Int32($0)) }),
                identities: members.map { MSPPrincipal(MSPRole(.member, of: MSPID(unchecked: Bytes($0)))) }))
    }

    static let cases: [Case] = [
        Case(
            "a name with a space",
            "error validating chaincode definition: invalid chaincode name 'no good'. Names can only consist of "
                + "alphanumerics, '_', and '-' and can only begin with alphanumerics"
        ) { $0.name = Bytes("no good") },
        Case(
            "a name that ends with a dash",
            "error validating chaincode definition: invalid chaincode name 'no-'. Names can only consist of "
                + "alphanumerics, '_', and '-' and can only begin with alphanumerics"
        ) { $0.name = Bytes("no-") },
        Case(
            "a system chaincode's name",
            "error validating chaincode definition: chaincode name 'qscc' is the name of a system chaincode"
        ) { $0.name = Bytes("qscc") },
        Case(
            "a version with a slash",
            "error validating chaincode definition: invalid chaincode version '1/2'. Versions can only consist of "
                + "alphanumerics, '_', '-', '+', and '.'"
        ) { $0.version = Bytes("1/2") },
        .collection(
            "a collection's name with an underscore in front",
            "invalid collection name '_secret'. Names can only consist of alphanumerics, '_', and '-' and cannot begin "
                + "with '_'"
        ) { $0.name = Bytes("_secret") },
        .collection(
            "fewer peers at most than required",
            "collection-name: secret -- maximum peer count (1) cannot be less than the required peer count (2)"
        ) { $0.requiredPeerCount = 2 },
        .collection(
            "a negative number of peers",
            "collection-name: secret -- requiredPeerCount (-1) cannot be less than zero"
        ) { $0.requiredPeerCount = -1 },
        .collection("no members", "collection member policy is not set for collection 'secret'") {
            $0.memberOrganizationsPolicy = nil
        },
        .collection("an empty policy of members", "collection member org policy is empty for collection 'secret'") {
            $0.memberOrganizationsPolicy = CollectionPolicyConfig()
        },
        .collection(
            "members that are asked for together",
            "collection-name: secret -- error in member org policy: signature policy is not an OR concatenation, "
                + "NOutOf 2"
        ) { $0 = collection("secret", "AlderMSP", "BirchMSP", n: 2) },
        .collection(
            "a stranger among the members",
            "collection-name: secret -- collection member 'GhostMSP' is not part of the channel"
        ) { $0 = collection("secret", "AlderMSP", "GhostMSP") },
        Case(
            "a collection twice",
            "error validating chaincode definition: collection-name: secret -- found duplicate in collection "
                + "configuration"
        ) {
            let collection = collection("secret", "AlderMSP")
            $0.collections = CollectionConfigPackage([collection, collection])
        },
        Case(
            "a chaincode's collections left out",
            "error validating chaincode definition: the proposed collection config does not contain previously defined "
                + "collections"
        ) { ($0.name, $0.sequence) = (Bytes("goods"), 3) },
        Case(
            "one of a chaincode's collections left out",
            "error validating chaincode definition: existing collection [pair] missing in the proposed collection "
                + "configuration"
        ) {
            ($0.name, $0.sequence) = (Bytes("goods"), 3)
            $0.collections = CollectionConfigPackage([collection("audit", "AlderMSP", "CedarMSP")])
        },
        Case(
            "a collection's data kept for another time",
            "error validating chaincode definition: the BlockToLive in an existing collection [brief] modified. "
                + "Existing value [3]"
        ) {
            ($0.name, $0.sequence) = (Bytes("goods"), 3)
            $0.collections = CollectionConfigPackage([
                collection("pair", "AlderMSP"), collection("brief", "AlderMSP"),
            ])
        },
        Case("sequence 0", "requested sequence is 0, but first definable sequence number is 1") { $0.sequence = 0 },
        Case(
            "a sequence left out",
            "requested sequence 2 is larger than the next available sequence number 1"
        ) { $0.sequence = 2 },
        Case(
            "a sequence that is over", "currently defined sequence 1 is larger than requested sequence 0"
        ) { ($0.name, $0.sequence) = (Bytes("notes"), 0) },
        Case(
            "the greatest sequence there is",
            "requested sequence \(Int64.max) is larger than the next available sequence number 1"
        ) { $0.sequence = Int64.max },
    ]

    @Test("are refused with the reason", arguments: cases)
    func approval(of refused: Case) async throws {
        let arguments = ApproveChaincodeDefinitionForMyOrgArgs(definition: refused.definition, source: nil)
        let answer = try await Self.answer(
            to: [Bytes("ApproveChaincodeDefinitionForMyOrg"), arguments.encoded()])
        #expect(answer.response?.status == 500)
        #expect(
            answer.response?.message.lossyText
                == "failed to invoke backing implementation of 'ApproveChaincodeDefinitionForMyOrg': \(refused.reason)")
        #expect(answer.endorsement == nil)
    }

    @Test("a definition without fault is endorsed, its policy and plugins filled in")
    func accepted() async throws {
        let arguments = ApproveChaincodeDefinitionForMyOrgArgs(
            definition: ChaincodeDefinitionFields(name: Bytes("fresh"), sequence: 1, version: Bytes("1.0")), source: nil
        )
        let answer = try await Self.answer(
            to: [Bytes("ApproveChaincodeDefinitionForMyOrg"), arguments.encoded()])
        #expect(answer.response?.status == 200)
        #expect(answer.endorsement != nil)
    }

    @Test(
        "calls of another form are refused",
        arguments: [
            ([], "lifecycle scc must be invoked with arguments"),
            (["QueryChaincodeDefinition"], "lifecycle scc operations require exactly two arguments but received 1"),
        ])
    func form(arguments: [String], message: String) async throws {
        let answer = try await Self.answer(to: arguments.map { Bytes($0) })
        #expect(answer.response?.message.lossyText == message)
    }

    /// Has AlderMSP's admin ask `_lifecycle`.
    private static func answer(to arguments: [Bytes]) async throws -> ProposalResponse {
        let admin = try GoldenSigner.user("Admin@alder.example")
        let now = Timestamp(seconds: 1_795_219_396)
        let signatureHeader = SignatureHeader(creator: admin.identity, nonce: Bytes("a nonce"))
        let channelHeader = ChannelHeader(
            type: .endorserTransaction, timestamp: now, channelID: Bytes("trade"),
            transactionID: Bytes(signatureHeader.transactionID.rawValue),
            extension: ChaincodeHeaderExtension(chaincodeID: ChaincodeID(name: Bytes("_lifecycle"))).encoded())
        let spec = ChaincodeSpec(
            chaincodeID: ChaincodeID(name: Bytes("_lifecycle")), input: ChaincodeInput(arguments: arguments))
        let payload = ChaincodeProposalPayload(input: ChaincodeInvocationSpec(chaincodeSpec: spec).encoded())
        let header = Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
        let bytes = Proposal(header: header.encoded(), payload: payload.encoded()).encoded()
        let peer = try RecordedEndorser(
            peer: "peer0.alder.example", height: 110, now: now, threads: ContractThreads(count: 1),
            packages: LinkedPackages([]))
        return try await peer.answer(
            to: SignedProposal(proposalBytes: bytes, signature: try admin.sign(bytes))
        ).get()
    }
}
