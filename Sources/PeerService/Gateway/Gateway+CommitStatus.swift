package import FabricTypes
internal import LedgerCore
internal import Membership

extension Gateway {
    /// Answers with the code of a transaction once it is in the own peer's ledger.
    package func commitStatus(
        _ signed: SignedCommitStatusRequest, deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> CommitStatusResponse {
        let request = try Self.unpack(signed)
        let channel = try authorize(
            .commitStatus, request.channelID,
            SignedData(identity: request.identity, message: [signed.request], signature: signed.signature))
        let ticket = try limiter.enter(.waiting, try? channel.configuration.resolver.identity(request.identity))
        defer { limiter.leave(ticket) }
        let position: TransactionPosition
        do {
            position = try await CallDeadline.run(until: deadline) {
                try await channel.position(waitingForTransaction: request.transactionID)
            }
        } catch {
            throw Self.error(ofWaiting: error)
        }
        return CommitStatusResponse(position.code, blockNumber: position.blockNumber)
    }

    private static func unpack(_ signed: SignedCommitStatusRequest) throws(GatewayError) -> CommitStatusRequest {
        guard !signed.request.isEmpty else {
            throw GatewayError(.invalidArgument, "a commit status request is required")
        }
        let request: CommitStatusRequest
        do throws(WireError) {
            request = try CommitStatusRequest(decoding: signed.request)
        } catch {
            throw GatewayError(.invalidArgument, "invalid status request: \(StockText.undecodable)")
        }
        guard !request.identity.isEmpty else { throw GatewayError(.invalidArgument, "no identity provided") }
        guard !request.channelID.isEmpty else { throw GatewayError(.invalidArgument, "no channel ID provided") }
        guard !request.transactionID.isEmpty else {
            throw GatewayError(.invalidArgument, "transaction ID should not be empty")
        }
        return request
    }

    /// Checks a caller by the channel's rule for a resource.
    func authorize(
        _ resource: AccessResource, _ channelID: Bytes, _ claim: SignedData
    ) throws(GatewayError) -> PeerChannel {
        guard let channel = channel(channelID) else {
            throw GatewayError(
                .permissionDenied, "Failed to get policy manager for channel [\(channelID.lossyText)]")
        }
        do throws(PolicyError) {
            try channel.configuration.checkAccess(to: resource, [claim])
        } catch {
            throw GatewayError(.permissionDenied, error.stockMessage)
        }
        return channel
    }

    /// What ends a call that waits for blocks.
    static func error(ofWaiting error: any Error) -> GatewayError {
        switch error {
        case is CallDeadline.Passed: GatewayError(.deadlineExceeded, "context deadline exceeded")
        case is CancellationError: GatewayError(.canceled, "context canceled")
        case let error as PeerError where error.code == .tooManyWaiters:
            GatewayError(.resourceExhausted, error.message)
        case let error as PeerError where error.code == .channelStopped: GatewayError(.unavailable, error.message)
        case let error as GatewayError: error
        default: GatewayError(.aborted, "The ledger cannot be read: \(error)")
        }
    }
}
