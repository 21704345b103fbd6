public import FabricTypes
internal import Synchronization

/// A committed block as a client receives it.
public struct ClientBlock: Hashable, Sendable {
    public let number: BlockNumber
    /// The encoded `common.Block`, with its validation codes.
    public let encoded: Bytes
    /// In the order of the block.
    public let transactions: [Entry]

    public struct Entry: Hashable, Sendable {
        /// Empty for configuration changes, and for what cannot be read.
        public let transactionID: String
        public let code: ValidationCode
        /// The encoded `common.Envelope`.
        public let envelope: Bytes
    }

    init(decoding bytes: Bytes) throws(WireError) {
        let block = try Block(decoding: bytes)
        number = block.number
        encoded = bytes
        let codes = block.transactionsFilter.codes
        transactions = block.data.entries.enumerated().map { index, envelope in
            Entry(
                transactionID: (try? Self.transactionID(in: envelope)) ?? "",
                code: index < codes.count ? codes[index] : .notValidated, envelope: envelope)
        }
    }

    private static func transactionID(in envelope: Bytes) throws -> String {
        let payload = try Payload(decoding: try Envelope(decoding: envelope).payload)
        return try ChannelHeader(decoding: payload.header?.channelHeader ?? Bytes()).transactionID.lossyText
    }
}

extension ChannelClient {
    /// Hands the channel's blocks to `handle`, one after another, until it throws or the task is cancelled.
    ///
    /// Reconnects as ``ContractClient/events(from:handle:)`` does. A checkpoint within a block begins with that block
    /// again.
    ///
    /// - Throws: whatever `handle` throws; `CancellationError`; ``ClientError`` with phase `events`.
    public func blocks(
        from start: EventStart = .next, handle: @escaping @Sendable (ClientBlock) async throws -> Void
    ) async throws {
        let position = Mutex(start)
        let failureCount = Mutex(0)
        while true {
            do {
                let request = try await seekEnvelope(from: position.withLock { $0 })
                try await client.transport.stream(.deliver, request) { message in
                    switch try DeliverResponse(decoding: message).content {
                    case .block(let bytes):
                        let block = try ClientBlock(decoding: bytes)
                        failureCount.withLock { $0 = 0 }
                        try await handle(block)
                        position.withLock { $0 = .after(.after(block: block.number)) }
                    case .status(let status):
                        throw CallFailure(
                            Self.code(of: status), "The peer ended the stream of blocks with status \(status).")
                    case nil:
                        break
                    }
                }
            } catch let failure as CallFailure {
                guard EventReconnection.isWorthwhile(after: failure) else {
                    throw ClientError(.events, failure, transactionID: nil)
                }
            } catch let error as WireError {
                throw ClientError(.events, .internalError, "The peer's blocks cannot be read. \(error)")
            }
            try Task.checkCancellation()
            let count = failureCount.withLock { count in
                count += 1
                return count
            }
            try await client.environment.sleep(EventReconnection.delay(afterFailures: count))
        }
    }

    private static func code(of status: StatusCode) -> ClientError.Code {
        switch status {
        case .badRequest: .invalidArgument
        case .forbidden: .permissionDenied
        case .notFound: .notFound
        default: .unavailable
        }
    }

    /// A request for all blocks from some place on, as an encoded envelope.
    private func seekEnvelope(from start: EventStart) async throws -> Bytes {
        let position: SeekPosition =
            switch start {
            case .next: SeekPosition(.nextCommit)
            case .block(let number): .block(number)
            case .after(let checkpoint):
                .block(checkpoint.transactionID == nil ? checkpoint.blockNumber &+ 1 : checkpoint.blockNumber)
            }
        let environment = client.environment
        let payload = Payload(
            header: Header(
                channelHeader: ChannelHeader(
                    type: .deliverSeekInfo, timestamp: environment.now(), channelID: Bytes(id.rawValue)
                ).encoded(),
                signatureHeader: SignatureHeader(creator: client.identity.serialized, nonce: environment.nonce())
                    .encoded()),
            data: SeekInfo(start: position, stop: .block(.max)).encoded()
        ).encoded()
        return Envelope(payload: payload, signature: try await client.identity.sign(payload)).encoded()
    }
}
