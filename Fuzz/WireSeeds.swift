import FabricTypes
import GoldenLedger

// What the decoders are given to begin with, taken out of the recorded channel.

extension FuzzTarget {
    @Sendable static func recordedEnvelopes() throws -> [Bytes] {
        try GoldenFiles.trade.blocks().flatMap { try Block(decoding: $0).data.entries }
    }

    @Sendable static func recordedProposals() throws -> [Bytes] {
        try GoldenFiles.trade.json("expected/proposals.json").array.flatMap { recording in
            let responses = try recording["responses"].array.map { try $0["proposalResponse"].base64 }
            return [try recording["signedProposal"].base64] + responses
        }
    }

    /// Config envelopes, and the updates that led to them.
    @Sendable static func recordedConfigurations() throws -> [Bytes] {
        try GoldenFiles.trade.blocks().map { try Block(decoding: $0) }.filter(\.isConfigBlock).flatMap { block in
            let data = try payload(of: block.data.entries[0]).data
            let update = try ConfigEnvelope(decoding: data).lastUpdate.map { try payload(of: $0).data }
            return [data] + (update.map { [$0] } ?? [])
        }
    }

    @Sendable static func recordedReadWriteSets() throws -> [Bytes] {
        try recordedEnvelopes().compactMap { try? readWriteSet(of: $0) }
    }

    private static func payload(of envelope: Bytes) throws -> Payload {
        try Payload(decoding: Envelope(decoding: envelope).payload)
    }

    private static func readWriteSet(of envelope: Bytes) throws -> Bytes? {
        let actions = try Transaction(decoding: payload(of: envelope).data).actions
        guard
            let action = actions.first,
            let endorsed = try ChaincodeActionPayload(decoding: action.payload).action
        else { return nil }
        let response = try ProposalResponsePayload(decoding: endorsed.proposalResponsePayload)
        return try ChaincodeAction(decoding: response.extension).results
    }
}
