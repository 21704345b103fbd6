package import FabricTypes
internal import Logging
internal import Membership

extension Gateway {
    /// Hands a signed transaction to an orderer, or on a BFT channel to all of them.
    package func submit(
        _ request: SubmitRequest, deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> SubmitResponse {
        guard let envelope = request.preparedTransaction else {
            throw GatewayError(.invalidArgument, "a prepared transaction is required")
        }
        guard !envelope.signature.isEmpty else {
            throw GatewayError(.invalidArgument, "prepared transaction must be signed")
        }
        guard let channel = channel(request.channelID) else {
            throw GatewayError(.failedPrecondition, Self.noConfig(request.channelID))
        }
        let transaction = SubmittedTransaction(envelope)
        let ticket = try limiter.enter(.working, transaction.flatMap { caller($0.signedData, on: channel) })
        defer { limiter.leave(ticket) }
        let orderers = await directory.orderers(of: channel.id)
        guard !orderers.isEmpty else { throw GatewayError(.unavailable, "no orderer nodes available") }
        if configuration.abortStale, let transaction {
            try await checkFresh(transaction.responsePayload, of: transaction.id, on: channel)
        }
        let bytes = envelope.encoded()
        if channel.configuration.orderer.consensusType.type == OrdererConfiguration.bft {
            try await submitToAll(bytes, orderers, deadline: deadline)
        } else {
            try await submitToOne(bytes, orderers, deadline: deadline)
        }
        return SubmitResponse()
    }

    /// One orderer after the other in random order, until one takes the transaction or finds fault with it.
    private func submitToOne(
        _ envelope: Bytes, _ orderers: [any OrderingNode], deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) {
        var details: [ErrorDetail] = []
        for orderer in orderers.shuffled() {
            switch await broadcast(envelope, to: orderer, deadline: deadline) {
            case .success: return
            case .refused(let status, let message):
                // The next one would find the same fault.
                if (400..<500).contains(status) { throw GatewayError(.aborted, message.boundedForTrailers) }
            case .failed(let message):
                details.append(ErrorDetail(orderer, message))
            }
            try Self.checkEnded(deadline, timeoutMessage: Self.submitTimeout)
        }
        throw GatewayError(
            .unavailable, "no orderers could successfully process transaction", details: details)
    }

    /// All orderers at once; enough of them must take the transaction.
    func submitToAll(
        _ envelope: Bytes, _ orderers: [any OrderingNode], deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) {
        let quorum = BFTQuorum.size(of: orderers.count)
        let details = await withTaskGroup(of: ErrorDetail?.self) { group -> [ErrorDetail]? in
            defer { group.cancelAll() }
            for orderer in orderers {
                group.addTask { [self] in
                    switch await broadcast(envelope, to: orderer, deadline: deadline) {
                    case .success: nil
                    case .refused(503, let message) where message.hasSuffix("info=\(Self.knownAlready)"): nil
                    case .refused(_, let message), .failed(let message): ErrorDetail(orderer, message)
                    }
                }
            }
            var details: [ErrorDetail] = []
            var takenCount = 0
            for await detail in group {
                if let detail { details.append(detail) } else { takenCount += 1 }
                if takenCount >= quorum { return nil }
                if details.count > orderers.count - quorum { break }
            }
            return details
        }
        guard let details else { return }
        try Self.checkEnded(deadline, timeoutMessage: Self.submitTimeout)
        throw GatewayError(
            .unavailable,
            "insufficient number of orderers could successfully process transaction to satisfy quorum requirement",
            details: details)
    }

    private static let submitTimeout = "submit timeout expired while broadcasting to ordering service"
    /// A BFT orderer that has the transaction from another orderer.
    private static let knownAlready = "failed to submit request: request already exists"

    private enum Broadcast: Sendable {
        case success
        case refused(status: Int32, message: String)
        case failed(String)
    }

    private func broadcast(
        _ envelope: Bytes, to orderer: some OrderingNode, deadline: ContinuousClock.Instant?
    ) async -> Broadcast {
        do {
            let (status, info) = try await orderer.broadcast(
                envelope, deadline: Self.deadline(configuration.broadcastTimeout, before: deadline))
            if status == 200 { return .success }
            logger.debug(
                "Orderer refused", metadata: ["orderer.endpoint": "\(orderer.endpoint)", "status": "\(status)"])
            return .refused(
                status: status,
                message:
                    "received unsuccessful response from orderer: status=\(StatusCode(rawValue: status)), info=\(info)")
        } catch {
            return .failed("\(error)")
        }
    }
}
