package import FabricTypes

extension Gateway {
    /// Runs a proposal on one peer and hands out what the contract answered.
    ///
    /// Peers are asked one after another until one answers for the contract: the own organisation's first, those with the
    /// longest ledger first. Transient data goes to the own organisation alone unless the client names others.
    package func evaluate(
        _ request: EvaluateRequest, deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> EvaluateResponse {
        let proposal = try Self.unpack(request)
        guard let channel = channel(proposal.channelID) else {
            throw GatewayError(.unavailable, Self.noConfig(proposal.channelID))
        }
        let ticket = try limiter.enter(.working, caller(proposal.signedData, on: channel))
        defer { limiter.leave(ticket) }
        let peers = try evaluators(
            of: proposal, request, among: await directory.peers(of: channel.id, toRun: proposal.chaincode))
        return EvaluateResponse(result: try await evaluate(proposal, on: peers, deadline: deadline))
    }

    private static func unpack(_ request: EvaluateRequest) throws(GatewayError) -> ReceivedProposal {
        do throws(ReceivedProposal.Fault) {
            guard let signed = request.proposedTransaction, !signed.proposalBytes.isEmpty else {
                throw ReceivedProposal.Fault(message: "a signed proposal is required")
            }
            let proposal = try ReceivedProposal(signed)
            try proposal.checkNamesTarget()
            return proposal
        } catch {
            throw GatewayError(.invalidArgument, "failed to unpack transaction proposal: \(error.message)")
        }
    }

    /// Whom to ask, in this order. Never empty.
    private func evaluators(
        of proposal: ReceivedProposal, _ request: EvaluateRequest, among peers: [ChannelPeer]
    ) throws(GatewayError) -> [any EndorsingPeer] {
        var organizations = Set(request.targetOrganizations)
        let isProtected = proposal.hasTransientData && organizations.isEmpty
        if isProtected { organizations = [peer.mspID.bytes] }
        let possible = ranking.ranked(
            peers.filter { candidate in
                PeerRanking.runs(proposal.chaincode, candidate)
                    && (organizations.isEmpty || organizations.contains(candidate.peer.mspID.bytes))
            })
        guard !possible.isEmpty else {
            let reason =
                "no peers available to evaluate chaincode \(proposal.chaincode.lossyText) in channel "
                + proposal.channelID.lossyText
            throw GatewayError(
                .failedPrecondition,
                isProtected
                    ? "no endorsers found in the gateway's organization; retry specifying target organization(s) to "
                        + "protect transient data: \(reason)" : reason)
        }
        return possible.map(\.peer)
    }

    private func evaluate(
        _ proposal: ReceivedProposal, on peers: [any EndorsingPeer], deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> Response {
        var details: [ErrorDetail] = []
        var lastCode = GatewayError.Code.unavailable
        for peer in peers {
            let limit = Self.deadline(configuration.endorsementTimeout, before: deadline)
            switch await PeerAnswer.of(peer, to: proposal.signed, deadline: limit) {
            case .success(let answer):
                return Self.result(of: answer)
            case .failure(let failure):
                try Self.checkEnded(deadline, timeoutMessage: "evaluate timeout expired")
                details.append(ErrorDetail(peer, failure.message))
                lastCode = failure.code
                guard failure.isWorthAnotherPeer else {
                    throw GatewayError(
                        failure.code, "evaluate call to endorser returned error: \(failure.message.boundedForTrailers)",
                        details: details)
                }
            }
        }
        throw GatewayError(
            lastCode, "failed to evaluate transaction, see attached details for more info", details: details)
    }

    /// The contract's answer: its payload is the endorsed one where there is one.
    private static func result(of answer: ProposalResponse) -> Response {
        var response = answer.response ?? Response()
        if let payload = try? ProposalResponsePayload(decoding: answer.payload),
            let action = try? ChaincodeAction(decoding: payload.extension)
        {
            response.payload = action.response?.payload ?? Bytes()
        }
        return response
    }
}
