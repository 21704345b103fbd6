internal import FabricTypes

/// What a peer's answer to a proposal means to a gateway.
///
/// Source: Fabric's `gateway.responseStatus`.
enum PeerAnswer: Sendable {
    case success(ProposalResponse)
    case failure(Failure)

    struct Failure: Sendable {
        let code: GatewayError.Code
        let message: String
        /// Whether another peer may answer otherwise.
        let isWorthAnotherPeer: Bool
    }

    /// Asks a peer.
    ///
    /// - Parameter deadline: when the answer comes too late.
    static func of(
        _ peer: some EndorsingPeer, to proposal: SignedProposal, deadline: ContinuousClock.Instant
    ) async -> PeerAnswer {
        do {
            return PeerAnswer(try await peer.processProposal(proposal, deadline: deadline))
        } catch let error as EndorsingPeerError {
            switch error.code {
            case .noAnswer:
                return .failure(Failure(code: .unavailable, message: error.message, isWorthAnotherPeer: true))
            case .proposalRefused:
                return .failure(Failure(code: .failedPrecondition, message: error.message, isWorthAnotherPeer: false))
            }
        } catch {
            return .failure(Failure(code: .unavailable, message: "\(error)", isWorthAnotherPeer: true))
        }
    }

    init(_ answer: ProposalResponse) {
        let response = answer.response ?? Response()
        if (200..<400).contains(response.status) {
            self = .success(answer)
        } else if response.status == 500, answer.payload.isEmpty {
            // Only the peer itself fails without a payload, and another one may not.
            self = .failure(
                Failure(code: .aborted, message: response.message.lossyText, isWorthAnotherPeer: true))
        } else {
            self = .failure(
                Failure(
                    code: .unknown, message: "chaincode response \(response.status), \(response.message.lossyText)",
                    isWorthAnotherPeer: false))
        }
    }
}

extension ErrorDetail {
    init(_ peer: some EndorsingPeer, _ message: String) {
        self.init(address: peer.endpoint, mspID: peer.mspID, message: message.boundedForTrailers)
    }

    init(_ orderer: some OrderingNode, _ message: String) {
        self.init(address: orderer.endpoint, mspID: orderer.mspID, message: message.boundedForTrailers)
    }
}

extension String {
    /// A contract may say anything, but clients take some 16 KiB of trailers in all, in which details stand as base64: five
    /// of this length fit.
    var boundedForTrailers: String {
        let byteCountMax = 2_048
        guard utf8.count > byteCountMax else { return self }
        // Not within a character.
        var end = utf8.index(utf8.startIndex, offsetBy: byteCountMax)
        while end > utf8.startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end]) + "…"
    }
}
