internal import FabricTypes
internal import Synchronization

extension ContractClient {
    /// Hands the contract's events to `handle`, one after another in the order of the ledger, until it throws or the task
    /// is cancelled.
    ///
    /// Where the connection breaks or the peer goes away, the stream is opened again behind the last event handled, with a
    /// pause that grows to ``EventReconnection/delayMax``. An event that `handle` threw on counts as not handled.
    ///
    /// - Throws: whatever `handle` throws; `CancellationError`; ``ClientError`` with phase `events` where trying again
    ///   cannot help.
    public func events(
        from start: EventStart = .next, handle: @escaping @Sendable (ContractEvent) async throws -> Void
    ) async throws {
        let position = Mutex(start)
        let failureCount = Mutex(0)
        while true {
            do {
                let request = try await signedRequest(from: position.withLock { $0 })
                try await channel.client.transport.stream(.chaincodeEvents, request) { message in
                    let response = try ChaincodeEventsResponse(decoding: message)
                    failureCount.withLock { $0 = 0 }
                    for event in response.events {
                        let event = ContractEvent(event, in: response.blockNumber)
                        try await handle(event)
                        position.withLock { $0 = .after(event.checkpoint) }
                    }
                    position.withLock { $0 = .after(.after(block: response.blockNumber)) }
                }
            } catch let failure as CallFailure {
                guard EventReconnection.isWorthwhile(after: failure) else {
                    throw ClientError(.events, failure, transactionID: nil)
                }
            } catch let error as WireError {
                throw ClientError(.events, .internalError, "The gateway's events cannot be read. \(error)")
            }
            try Task.checkCancellation()
            let count = failureCount.withLock { count in
                count += 1
                return count
            }
            try await channel.client.environment.sleep(EventReconnection.delay(afterFailures: count))
        }
    }

    private func signedRequest(from start: EventStart) async throws -> Bytes {
        var request = ChaincodeEventsRequest(
            channelID: Bytes(channel.id.rawValue), chaincodeID: Bytes(name),
            identity: channel.client.identity.serialized)
        switch start {
        case .next: request.startPosition = SeekPosition(.nextCommit)
        case .block(let number): request.startPosition = .block(number)
        case .after(let checkpoint):
            if let id = checkpoint.transactionID {
                request.startPosition = .block(checkpoint.blockNumber)
                request.afterTransactionID = Bytes(id)
            } else {
                request.startPosition = .block(checkpoint.blockNumber &+ 1)
            }
        }
        let bytes = request.encoded()
        let signature = try await channel.client.identity.sign(bytes)
        return SignedChaincodeEventsRequest(request: bytes, signature: signature).encoded()
    }
}

extension ContractEvent {
    fileprivate init(_ event: ChaincodeEvent, in blockNumber: BlockNumber) {
        self.init(
            contract: event.chaincodeID.lossyText, name: event.eventName.lossyText, payload: event.payload,
            transactionID: event.transactionID.lossyText, blockNumber: blockNumber)
    }
}

/// When and how a stream that broke is opened again.
enum EventReconnection {
    static let delayMin = Duration.milliseconds(50)
    static let delayMax = Duration.seconds(10)

    /// Doubles with every failure in a row.
    static func delay(afterFailures count: Int) -> Duration {
        min(delayMin * (1 << min(max(count - 1, 0), 20)), delayMax)
    }

    static func isWorthwhile(after failure: CallFailure) -> Bool {
        switch failure.code {
        case .unavailable, .canceled, .aborted, .resourceExhausted, .deadlineExceeded, .internalError, .unknown: true
        default: false
        }
    }
}
