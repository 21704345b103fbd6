package import FabricTypes
internal import LedgerCore
internal import Logging
internal import Membership

extension Gateway {
    /// Collects the endorsements that a proposal needs and assembles the transaction for the client to sign.
    ///
    /// Where the client names organisations, one peer of each is asked. Else a first peer, one of the own organisation if
    /// there is any, tells what the transaction touches, and the policies of all that decide who is asked as well.
    package func endorse(
        _ request: EndorseRequest, deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> EndorseResponse {
        let proposal = try Self.unpack(request)
        let channel = channel(proposal.channelID)
        let ticket = try limiter.enter(.working, caller(proposal.signedData, on: channel))
        defer { limiter.leave(ticket) }
        let height = channel?.commits.height
        let peers: [ChannelPeer] =
            if let channel { ranking.ranked(await directory.peers(of: channel.id, toRun: proposal.chaincode)) } else {
                []
            }

        var collection: EndorsementCollection
        if request.endorsingOrganizations.isEmpty {
            let first = try await firstEndorsement(of: proposal, among: peers, channel, deadline: deadline)
            collection = try await plan(for: proposal, after: first, among: peers, channel)
        } else {
            collection = try plan(for: proposal, by: request.endorsingOrganizations, among: peers)
        }
        let action = try await collection.run(
            proposal.signed, timeout: configuration.endorsementTimeout, deadline: deadline)
        // Without a new block since, what the own peer has read is as it was.
        if configuration.abortStale, let channel,
            channel.commits.height != height || !action.endorsements.contains(where: isOwn)
        {
            try await checkFresh(action.proposalResponsePayload, of: proposal.transactionID, on: channel)
        }
        return EndorseResponse(preparedTransaction: Self.transaction(of: proposal, action))
    }

    private func isOwn(_ endorsement: Endorsement) -> Bool {
        endorsement.endorser == peer.signer.serialized
    }

    private static func unpack(_ request: EndorseRequest) throws(GatewayError) -> ReceivedProposal {
        guard let signed = request.proposedTransaction, !signed.proposalBytes.isEmpty else {
            throw GatewayError(.invalidArgument, "the proposed transaction must contain a signed proposal")
        }
        do throws(ReceivedProposal.Fault) {
            return try ReceivedProposal(signed)
        } catch {
            throw GatewayError(.invalidArgument, error.message)
        }
    }

    /// The payload to be signed: the proposal's own header, its input without secrets, and what was endorsed.
    private static func transaction(
        of proposal: ReceivedProposal, _ action: ChaincodeEndorsedAction
    ) -> Envelope {
        let payload = ChaincodeActionPayload(
            chaincodeProposalPayload: proposal.payload.withoutTransient.encoded(), action: action)
        let transaction = Transaction(
            actions: [TransactionAction(header: proposal.header.signatureHeader, payload: payload.encoded())])
        return Envelope(
            payload: Payload(header: proposal.header, data: transaction.encoded()).encoded(), signature: Bytes())
    }

    // MARK: - Plans

    /// One peer of each organisation that the client names.
    private func plan(
        for proposal: ReceivedProposal, by organizations: [Bytes], among peers: [ChannelPeer]
    ) throws(GatewayError) -> EndorsementCollection {
        let possible = peers.filter { PeerRanking.runs(proposal.chaincode, $0) }
        var places: [[Int]] = []
        var missing: [Bytes] = []
        var seen: Set<Bytes> = []
        for organization in organizations where seen.insert(organization).inserted {
            let place = possible.indices.filter { possible[$0].peer.mspID.bytes == organization }
            if place.isEmpty { missing.append(organization) } else { places.append(place) }
        }
        guard missing.isEmpty else {
            let names = missing.map(\.lossyText).joined(separator: ", ")
            throw GatewayError(.unavailable, "failed to find any endorsing peers for org(s): \(names)")
        }
        return EndorsementCollection(
            plan: EndorsementPlan(places: places, candidateCount: possible.count), peers: possible.map(\.peer),
            callNames: callNames)
    }

    /// A first endorsement, and who gave it.
    struct FirstEndorsement: Sendable {
        let peer: any EndorsingPeer
        let response: ProposalResponse
        /// Peers that were asked before and did not endorse.
        let failedEndpoints: Set<String>
    }

    private func firstEndorsement(
        of proposal: ReceivedProposal, among peers: [ChannelPeer], _ channel: PeerChannel?,
        deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> FirstEndorsement {
        let candidates = try await firstCandidates(for: proposal, among: peers, channel)
        var details: [ErrorDetail] = []
        var failedEndpoints: Set<String> = []
        for peer in candidates {
            let limit = Self.deadline(configuration.endorsementTimeout, before: deadline)
            switch await PeerAnswer.of(peer, to: proposal.signed, deadline: limit) {
            case .success(let response):
                return FirstEndorsement(peer: peer, response: response, failedEndpoints: failedEndpoints)
            case .failure(let failure):
                try Self.checkEnded(
                    deadline, timeoutMessage: "endorsement timeout expired while collecting first endorsement")
                logger.debug(
                    "Peer did not endorse",
                    metadata: [
                        "peer.endpoint": "\(peer.endpoint)", "transaction.id": "\(proposal.transactionID.lossyText)",
                        "error": "\(failure.message)",
                    ])
                details.append(ErrorDetail(peer, failure.message))
                failedEndpoints.insert(peer.endpoint)
            }
        }
        throw GatewayError(
            .aborted, "failed to endorse transaction, see attached details for more info", details: details)
    }

    /// Who may give the first endorsement, in this order: peers of the own organisation, or else, unless there are
    /// secrets, the peers that the chaincode's own policy names.
    private func firstCandidates(
        for proposal: ReceivedProposal, among peers: [ChannelPeer], _ channel: PeerChannel?
    ) async throws(GatewayError) -> [any EndorsingPeer] {
        let own = peers.filter { $0.peer.mspID == peer.mspID && PeerRanking.runs(proposal.chaincode, $0) }
        if !own.isEmpty { return own.map(\.peer) }
        guard !proposal.hasTransientData else {
            throw GatewayError(
                .failedPrecondition,
                "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to "
                    + "protect transient data")
        }
        let interest = ChaincodeInterest(chaincodes: [ChaincodeCall(name: proposal.chaincode)])
        let planning = EndorsementPlanning(peers: peers, channel: channel, channelID: proposal.channelID)
        let (plan, candidates) = try await planning.plan(for: interest)
        var trial = plan
        guard case .ask(let chosen) = trial.next(), let first = chosen.first else { return [] }
        let others = candidates.indices.filter { $0 != first }
        return ([first] + others).map { candidates[$0].peer }
    }

    /// Whom to ask besides the first endorser.
    private func plan(
        for proposal: ReceivedProposal, after first: FirstEndorsement, among peers: [ChannelPeer],
        _ channel: PeerChannel?
    ) async throws(GatewayError) -> EndorsementCollection {
        var interest = first.response.interest ?? ChaincodeInterest()
        if interest.chaincodes.isEmpty {
            interest = ChaincodeInterest(chaincodes: [ChaincodeCall(name: proposal.chaincode)])
        }
        let planning = EndorsementPlanning(
            peers: peers.filter { !first.failedEndpoints.contains($0.peer.endpoint) }, channel: channel,
            channelID: proposal.channelID)
        let (plan, candidates) =
            proposal.hasTransientData
            ? try await planning.plan(protectingTransientDataOf: interest) : try await planning.plan(for: interest)
        var collection = EndorsementCollection(plan: plan, peers: candidates.map(\.peer), callNames: callNames)
        collection.add(first.response, of: first.peer)
        return collection
    }
}
