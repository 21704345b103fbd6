internal import FabricTypes
internal import LedgerCore

/// Carries out an endorsement plan: asks peers, compares what they signed, asks others instead.
struct EndorsementCollection: Sendable {
    private var plan: EndorsementPlan
    private let peers: [any EndorsingPeer]
    private let callNames: FunctionCallNames
    /// Whose answer all others are compared with.
    private var firstEndorser: (any EndorsingPeer)?
    private var details: [ErrorDetail] = []

    /// - Parameter peers: the plan's candidates.
    init(plan: EndorsementPlan, peers: [any EndorsingPeer], callNames: FunctionCallNames) {
        self.plan = plan
        self.peers = peers
        self.callNames = callNames
    }

    /// Takes in an endorsement that was given before, also of a peer whom the plan does not need.
    mutating func add(_ response: ProposalResponse, of peer: any EndorsingPeer) {
        firstEndorser = peer
        guard let candidate = peers.firstIndex(where: { $0.endpoint == peer.endpoint }),
            let endorsement = response.endorsement
        else {
            plan.expect(response.payload)
            return
        }
        _ = plan.endorsed(candidate, payload: response.payload, endorsement)
    }

    /// - Throws: ``GatewayError``: `aborted` where the endorsements cannot be had, `deadlineExceeded`, `canceled`.
    mutating func run(
        _ proposal: SignedProposal, timeout: Duration, deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> ChaincodeEndorsedAction {
        let limit = Gateway.deadline(timeout, before: deadline)
        let peers = peers
        var collection = self
        let action = await withTaskGroup(of: (Int, PeerAnswer).self) { group -> ChaincodeEndorsedAction? in
            defer { group.cancelAll() }
            while true {
                switch collection.plan.next() {
                case .ask(let candidates):
                    for candidate in candidates {
                        group.addTask {
                            (candidate, await PeerAnswer.of(peers[candidate], to: proposal, deadline: limit))
                        }
                    }
                case .wait:
                    guard let (candidate, answer) = await group.next() else { return nil }
                    collection.take(answer, of: candidate)
                case .complete(let payload, let endorsements):
                    return ChaincodeEndorsedAction(proposalResponsePayload: payload, endorsements: endorsements)
                case .exhausted:
                    return nil
                }
            }
        }
        self = collection
        if let action { return action }
        try Gateway.checkEnded(deadline, timeoutMessage: "endorsement timeout expired while collecting endorsements")
        throw GatewayError(
            .aborted, "failed to collect enough transaction endorsements, see attached details for more info",
            details: details)
    }

    private mutating func take(_ answer: PeerAnswer, of candidate: Int) {
        let peer = peers[candidate]
        switch answer {
        case .failure(let failure):
            details.append(ErrorDetail(peer, failure.message))
            plan.failed(candidate)
        case .success(let response):
            guard let endorsement = response.endorsement else {
                details.append(ErrorDetail(peer, "The peer answered without an endorsement."))
                plan.failed(candidate)
                return
            }
            let expected = plan.payload
            if plan.endorsed(candidate, payload: response.payload, endorsement) {
                if firstEndorser == nil { firstEndorser = peer }
            } else {
                details.append(ErrorDetail(peer, mismatch(of: peer, response.payload, expected)))
            }
        }
    }

    /// Fabric's words, and which key it is, where a key tells the answers apart.
    private func mismatch(of peer: any EndorsingPeer, _ payload: Bytes, _ expected: Bytes?) -> String {
        let endorsers = (Self.name(firstEndorser ?? peer), Self.name(peer))
        guard let expected, let difference = ResponseDifference(expected, payload) else {
            return EndorsementMismatch.message(endorsers)
        }
        switch difference {
        case .key(_, _, .read), .range:
            return EndorsementMismatch.message(endorsers, difference: "\(difference)", isOfReads: true)
        case .call(let namespace, let request):
            // Peers of ours were asked for the same, so that one of this node mostly knows its name.
            let function = callNames.name(of: request).map { "function \"\($0)\"" } ?? "a function"
            return EndorsementMismatch.message(
                endorsers, difference: "what \(function) answered to contract \"\(namespace.lossyText)\"")
        case .key, .collection: return EndorsementMismatch.message(endorsers, difference: "\(difference)")
        case .response, .event, .other: return EndorsementMismatch.message(endorsers)
        }
    }

    private static func name(_ peer: any EndorsingPeer) -> String { "\(peer.mspID) (\(peer.endpoint))" }
}
