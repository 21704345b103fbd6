package import FabricTypes

extension NetworkClient {
    /// The channels that the peer has joined, asked of the peer's own `cscc`. Peers answer members of their organisation.
    ///
    /// - Throws: ``ClientError`` with phase `evaluate`; its message is the peer's own.
    package func joinedChannels() async throws -> [ChannelID] {
        let proposal = ClientProposal(
            channel: nil, contract: "cscc", arguments: [Bytes("GetChannels")], context: CallContext(),
            creator: identity.serialized, nonce: environment.nonce(), timestamp: environment.now())
        let signed = SignedProposal(
            proposalBytes: proposal.messageToSign, signature: try await identity.sign(proposal.messageToSign))
        let answer: ProposalResponse = try await call(
            .processProposal, signed, phase: .evaluate, timeout: settings.evaluateTimeout, transactionID: nil)
        guard let response = answer.response, response.status == 200 else {
            throw ClientError(
                .evaluate, .unknown, answer.response?.message.lossyText ?? "The peer's answer is empty.")
        }
        do {
            return try ChannelQueryResponse(decoding: response.payload).channels
                .map { try ChannelID(validating: $0.channelID.lossyText) }
        } catch {
            throw ClientError(.evaluate, .internalError, "The peer's list of channels cannot be read. \(error)")
        }
    }
}

extension ChannelClient {
    /// The channel's first block, encoded: what a ledger of it begins with.
    ///
    /// - Throws: as ``blocksOnce(from:handle:)``.
    package func firstBlock() async throws -> Bytes {
        struct Found: Error {
            let block: Bytes
        }
        do {
            try await blocksOnce(from: 0) { throw Found(block: $0.encoded) }
        } catch let found as Found {
            return found.block
        }
        throw ClientError(.events, .unavailable, "The peer ended the stream of blocks before the first one.")
    }
}
