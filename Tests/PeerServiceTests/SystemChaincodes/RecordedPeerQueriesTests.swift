internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership
internal import Testing

@testable internal import PeerService

@Suite("Recorded questions to qscc and cscc")
struct RecordedPeerQueriesTests {
    @Test("every recorded question gets the recorded answer", arguments: ["queries", "refusals"])
    func recordedQuestions(file: String) async throws {
        var peers: [String: Peer] = [:]
        var seen = 0
        for entry in try GoldenFiles.trade.json("expected/\(file).json").array {
            let signed = try SignedProposal(decoding: entry["signedProposal"].base64)
            guard let proposal = try? UnpackedProposal(signed, filter: { _, _ in }),
                ["qscc", "cscc"].contains(proposal.chaincode.lossyText)
            else { continue }
            let recorded = try ProposalResponse(decoding: entry["proposalResponse"].base64)
            // Refused before the chaincode was reached: the endorser's answer.
            guard let response = recorded.response else { continue }
            let name = try entry["peer"].string
            let peer = try peers[name] ?? RecordedPeer.peer(name)
            peers[name] = peer
            // The recording goes up in height.
            try await RecordedPeer.advance(peer, to: Int(entry["ledgerHeight"].integer))
            let answer = try await Self.ask(peer, name, proposal)
            #expect(answer.status == response.status, "\(entry["id"])")
            #expect(answer.message == response.message, "\(entry["id"]): \(answer.message.lossyText)")
            if try entry["id"].string == "cscc-config" {
                // Go writes the maps of a configuration in any order.
                #expect(try Config(decoding: answer.payload) == Config(decoding: response.payload))
            } else {
                #expect(answer.payload == response.payload, "\(entry["id"])")
            }
            seen += 1
        }
        #expect(seen >= (file == "queries" ? 27 : 7), "\(seen)")
    }

    private static func ask(_ peer: Peer, _ name: String, _ proposal: UnpackedProposal) async throws -> Response {
        let access = AccessControl(
            localIdentities: try RecordedPeer.localIdentities(name), mspID: peer.mspID, channels: peer)
        let invocation = SystemInvocation(
            arguments: proposal.input.arguments, transaction: proposal.transaction, context: nil)
        return proposal.chaincode == Bytes("qscc")
            ? await LedgerQuerier(peer: peer, access: access).invoke(invocation)
            : await PeerConfigurer(peer: peer, access: access).invoke(invocation)
    }

    @Test("a peer joins a channel once, by an admin of its own organisation")
    func joining() async throws {
        let entry = try #require(
            try GoldenFiles.trade.json("expected/queries.json").array.first { try $0["id"].string == "join" })
        let name = RecordedPeer.names[0]
        let peer = try RecordedPeer.peer(name)
        let proposal = try UnpackedProposal(
            SignedProposal(decoding: entry["signedProposal"].base64), filter: { _, _ in })
        #expect(peer.channels.isEmpty)

        let first = try await Self.ask(peer, name, proposal)
        #expect(first.status == 200)
        #expect(peer.channels.map(\.id.rawValue) == ["trade"])
        #expect(try peer.channels[0].ledger.block(0) == GoldenFiles.trade.blocks()[0])

        let second = try await Self.ask(peer, name, proposal)
        #expect(second.status == 500)
        #expect(second.message.lossyText.hasSuffix("ledger [trade] already exists with state [ACTIVE]"))

        let other = RecordedPeer.names[1]
        let foreign = try await Self.ask(RecordedPeer.peer(other), other, proposal)
        #expect(foreign.status == 500)
        #expect(foreign.message.lossyText.hasPrefix("access denied for [JoinChain][trade]: ["))
    }

    @Test("numbers are read with Go's words", arguments: ["", "-1", "1x", "18446744073709551616", "7"])
    func numbers(text: String) {
        do throws(GoNumber.Fault) {
            #expect(try GoNumber.unsigned(text) == 7)
        } catch {
            let reason = text.count == 20 ? "value out of range" : "invalid syntax"
            #expect("\(error)" == "strconv.ParseUint: parsing \"\(text)\": \(reason)")
        }
    }
}
