import FabricTypes
import GoldenLedger

/// A proposal that one recorded peer was asked to endorse, and what it answered.
struct RecordedProposal {
    let id: String
    let why: String
    let chaincode: String
    let function: String
    let peer: String
    let height: Int
    let signedProposal: SignedProposal
    /// Nil where the peer answered with an error.
    let response: ProposalResponse?
    let errorMessage: String?

    /// All of a file of the recording, one for each endorser asked.
    static func all(in file: String) throws -> [RecordedProposal] {
        try GoldenFiles.trade.json("expected/\(file).json").array.flatMap { entry in
            let answers = entry["responses"].isNull ? [entry] : try entry["responses"].array
            return try answers.map { answer in
                RecordedProposal(
                    id: try entry["id"].string, why: (try? entry["why"].string) ?? "",
                    chaincode: (try? entry["chaincode"].string) ?? "",
                    function: (try? entry["function"].string) ?? "", peer: try answer["peer"].string,
                    height: Int(try answer["ledgerHeight"].integer),
                    signedProposal: try SignedProposal(decoding: entry["signedProposal"].base64),
                    response: answer["proposalResponse"].isNull
                        ? nil : try ProposalResponse(decoding: answer["proposalResponse"].base64),
                    errorMessage: try? answer["rpcError"]["message"].string)
            }
        }
    }

    /// When the client made it.
    var timestamp: Timestamp {
        guard let proposal = try? Proposal(decoding: signedProposal.proposalBytes),
            let header = try? Header(decoding: proposal.header)
        else { return Timestamp() }
        return (try? ChannelHeader(decoding: header.channelHeader))?.timestamp ?? Timestamp()
    }
}
