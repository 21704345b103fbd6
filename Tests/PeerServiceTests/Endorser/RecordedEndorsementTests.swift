import ContractService
import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerTestKit
import Membership
import PeerService
import Testing

@Suite("Endorsement of the recorded proposals")
struct RecordedEndorsementTests {
    private static let threads = ContractThreads(count: 2)

    @Test(
        "a contract in Swift answers every recorded proposal as the recorded chaincode did, byte for byte",
        arguments: RecordedReplay.peers)
    func proposals(peer: String) async throws {
        let all = try RecordedProposal.all(in: "proposals")
        #expect(Set(all.map(\.id)).count == 272)
        let recorded = all.filter { $0.peer == peer }
        for proposal in recorded { await compare(proposal) }
    }

    @Test("every recorded query is answered as recorded", arguments: RecordedReplay.peers)
    func queries(peer: String) async throws {
        for proposal in try RecordedProposal.all(in: "queries")
        where proposal.peer == peer && !Self.foreign.contains(proposal.chaincode) {
            await compare(proposal)
        }
    }

    @Test("every recorded refusal is repeated in the same words")
    func refusals() async throws {
        let recorded = try RecordedProposal.all(in: "refusals")
        #expect(recorded.count == 65)
        for proposal in recorded
        where !Self.foreign.contains(Self.chaincode(of: proposal)) {
            // 2026-11-21T00:03:16Z, when the recorded peer was asked.
            await compare(proposal, now: Timestamp(seconds: 1_795_219_396))
        }
    }

    /// Chaincodes of the peer that are tested where they live.
    private static let foreign: Set<String> = ["qscc", "cscc"]

    private static func chaincode(of proposal: RecordedProposal) -> String {
        guard let inner = try? Proposal(decoding: proposal.signedProposal.proposalBytes),
            let header = try? Header(decoding: inner.header),
            let channelHeader = try? ChannelHeader(decoding: header.channelHeader)
        else { return "" }
        return (try? ChaincodeHeaderExtension(decoding: channelHeader.extension))?.chaincodeID?.name.lossyText ?? ""
    }

    private func compare(_ proposal: RecordedProposal, now: Timestamp? = nil) async {
        let label = "\(proposal.id) (\(proposal.why)) by \(proposal.peer)"
        do {
            let peer = try RecordedEndorser(
                peer: proposal.peer, height: proposal.height, now: now ?? proposal.timestamp, threads: Self.threads,
                packages: RecordedPackages(peer: proposal.peer))
            switch (await peer.answer(to: proposal.signedProposal), proposal.response) {
            case (.failure(let error), _):
                #expect(error.message == proposal.errorMessage, "\(label)")
            case (.success(let answer), let expected?):
                try compare(answer, with: expected, peer, label: label, function: proposal.function)
            case (.success(let answer), nil):
                Issue.record("\(label): answered \(answer), recorded error \(proposal.errorMessage ?? "")")
            }
        } catch {
            Issue.record("\(label): \(error)")
        }
    }

    private func compare(
        _ answer: ProposalResponse, with expected: ProposalResponse, _ peer: RecordedEndorser, label: String,
        function: String
    ) throws {
        #expect(answer.response?.status == expected.response?.status, "\(label)")
        #expect(answer.response?.message.lossyText == expected.response?.message.lossyText, "\(label)")
        #expect(answer.version == expected.version, "\(label)")
        #expect((answer.endorsement == nil) == (expected.endorsement == nil), "\(label)")
        if let ours = MapAnswer(function, answer.response), let theirs = MapAnswer(function, expected.response) {
            // Answers with maps in them: Fabric's peers write those in any order, so the bytes cannot be compared.
            #expect(ours == theirs, "\(label)")
        } else {
            #expect(answer.response == expected.response, "\(label)")
            #expect(
                answer.payload == expected.payload,
                "\(label): recorded \(Self.description(expected)), ours \(Self.description(answer))")
        }
        #expect(Self.interest(answer) == Self.interest(expected), "\(label)")
        guard let endorsement = answer.endorsement else { return }
        #expect(endorsement.endorser == peer.signer.serialized)
        let resolver = peer.channel.configuration.resolver
        let identity = try resolver.identity(endorsement.endorser)
        #expect(
            resolver.isSignature(
                endorsement.signature, of: [answer.payload, endorsement.endorser], by: identity), "\(label)")
    }

    /// Fabric's peers send the calls of an interest in no particular order.
    private static func interest(_ response: ProposalResponse) -> [String]? {
        response.interest.map { $0.chaincodes.map { $0.encoded().hex }.sorted() }
    }

    private static func description(_ response: ProposalResponse) -> String {
        guard let payload = try? ProposalResponsePayload(decoding: response.payload),
            let action = try? ChaincodeAction(decoding: payload.extension),
            let set = try? ReadWriteSet(decoding: action.results)
        else { return "\(response.payload)" }
        return "\(action) \(set)"
    }
}

/// Answers of `_lifecycle` that hold a map or a list without order, in a form that can be compared.
private enum MapAnswer: Equatable {
    case readiness(CheckCommitReadinessResult)
    case definition(QueryChaincodeDefinitionResult)
    case definitions(Set<QueryChaincodeDefinitionsResult.Committed>)
    case approved(Set<QueryApprovedChaincodeDefinitionsResult.Approved>)
    case installed(Set<InstalledChaincode>)

    init?(_ function: String, _ response: Response?) {
        guard let response, response.status == 200 else { return nil }
        let payload = response.payload
        do {
            switch function {
            case "CheckCommitReadiness": self = .readiness(try CheckCommitReadinessResult(decoding: payload))
            case "QueryChaincodeDefinition": self = .definition(try QueryChaincodeDefinitionResult(decoding: payload))
            case "QueryChaincodeDefinitions":
                self = .definitions(Set(try QueryChaincodeDefinitionsResult(decoding: payload).definitions))
            case "QueryApprovedChaincodeDefinitions":
                self = .approved(Set(try QueryApprovedChaincodeDefinitionsResult(decoding: payload).definitions))
            case "QueryInstalledChaincodes":
                self = .installed(Set(try QueryInstalledChaincodesResult(decoding: payload).installedChaincodes))
            case "QueryInstalledChaincode": self = .installed([try InstalledChaincode(decoding: payload)])
            default: return nil
            }
        } catch {
            return nil
        }
    }
}

/// The packages that had been installed on a recorded peer.
struct RecordedPackages: ChaincodePackages {
    let peer: String

    func all() throws -> [ChaincodePackage] {
        try contents().map { label, content in
            ChaincodePackage(id: Bytes("\(label):\(Digest(of: content).hex)"), label: Bytes(label))
        }
    }

    func content(of id: Bytes) throws -> Bytes? {
        try contents().first { id.starts(with: Bytes("\($0.label):")) }?.content
    }

    func install(_ content: Bytes) throws -> ChaincodePackage {
        guard let known = try contents().first(where: { $0.content == content }) else {
            return try LinkedPackages([]).install(content)
        }
        return ChaincodePackage(id: Bytes("\(known.label):\(Digest(of: content).hex)"), label: Bytes(known.label))
    }

    private func contents() throws -> [(label: String, content: Bytes)] {
        // Only two of the peers run the vault.
        let hasVault = ["peer0.alder.example", "peer0.birch.example"].contains(peer)
        return try GoldenFiles.trade.names(in: "packages").filter { $0.hasSuffix(".tar.gz") }
            .map { ($0.dropLast(".tar.gz".count).description, try GoldenFiles.trade.bytes("packages/\($0)")) }
            .filter { hasVault || $0.0 != "vault_1" }
    }
}
