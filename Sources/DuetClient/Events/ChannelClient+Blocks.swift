package import FabricTypes
internal import Synchronization

extension ChannelClient {
    /// Hands the channel's blocks to `handle`, one after another, until it throws or the task is cancelled.
    ///
    /// Reconnects as ``ContractClient/events(from:handle:)`` does. A checkpoint within a block begins with that block
    /// again. Channels let only readers of whole blocks have them; ``filteredBlocks(from:handle:)`` needs less.
    ///
    /// - Throws: whatever `handle` throws; `CancellationError`; ``ClientError`` with phase `events`.
    public func blocks(
        from start: EventStart = .next, handle: @escaping @Sendable (ClientBlock) async throws -> Void
    ) async throws {
        try await deliver(.deliver, from: start) { content in
            guard case .block(let bytes) = content else { return nil }
            let block = try ClientBlock(decoding: bytes)
            try await handle(block)
            return block.number
        }
    }

    /// The same without reconnecting: returns or throws when the stream ends.
    package func blocksOnce(
        from number: BlockNumber, handle: @escaping @Sendable (ClientBlock) async throws -> Void
    ) async throws {
        try await deliver(.deliver, from: .block(number), reconnects: false) { content in
            guard case .block(let bytes) = content else { return nil }
            let block = try ClientBlock(decoding: bytes)
            try await handle(block)
            return block.number
        }
    }

    /// Hands out what became of each block's transactions, as ``blocks(from:handle:)`` hands out blocks.
    public func filteredBlocks(
        from start: EventStart = .next, handle: @escaping @Sendable (ClientFilteredBlock) async throws -> Void
    ) async throws {
        try await deliver(.deliverFiltered, from: start) { content in
            guard case .filteredBlock(let bytes) = content else { return nil }
            let block = try ClientFilteredBlock(decoding: bytes)
            try await handle(block)
            return block.number
        }
    }

    /// - Parameter take: the number of the block that a message held, once it is handled; nil for other messages.
    private func deliver(
        _ method: GatewayMethod, from start: EventStart, reconnects: Bool = true,
        _ take: @escaping @Sendable (PeerDelivery.Content) async throws -> BlockNumber?
    ) async throws {
        let position = Mutex(start)
        let failureCount = Mutex(0)
        while true {
            do {
                let request = try await seekEnvelope(from: position.withLock { $0 })
                try await client.transport.stream(method, request) { message in
                    guard let content = try PeerDelivery(decoding: message).content else { return }
                    if case .status(let status) = content {
                        throw CallFailure(
                            Self.code(of: status), "The peer ended the stream of blocks with status \(status).")
                    }
                    guard let number = try await take(content) else { return }
                    failureCount.withLock { $0 = 0 }
                    position.withLock { $0 = .after(.after(block: number)) }
                }
            } catch let failure as CallFailure {
                guard reconnects, EventReconnection.isWorthwhile(after: failure) else {
                    throw ClientError(.events, failure, transactionID: nil)
                }
            } catch let error as WireError {
                throw ClientError(.events, .internalError, "The peer's blocks cannot be read. \(error)")
            }
            try Task.checkCancellation()
            guard reconnects else { return }
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
                    type: .deliverSeekInfo, timestamp: environment.now(), channelID: Bytes(id.rawValue),
                    tlsCertificateHash: client.transport.clientCertificateHash
                ).encoded(),
                signatureHeader: SignatureHeader(creator: client.identity.serialized, nonce: environment.nonce())
                    .encoded()),
            data: SeekInfo(start: position, stop: .block(.max)).encoded()
        ).encoded()
        return Envelope(payload: payload, signature: try await client.identity.sign(payload)).encoded()
    }
}

/// One message of a peer's stream of blocks, as far as clients read it.
///
/// Source: Fabric's `protos.DeliverResponse`.
private struct PeerDelivery: WireMessage {
    static let messageName = "protos.DeliverResponse"

    enum Content: Hashable, Sendable {
        case status(StatusCode)
        case block(Bytes)
        case filteredBlock(Bytes)
    }

    /// The last member that came, as with any oneof; nil for messages of other kinds.
    private(set) var content: Content?

    init() {}

    mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint):
            var number: Int32 = 0
            field.read(&number)
            content = .status(StatusCode(rawValue: number))
        case (2, .bytes(let bytes)): content = .block(bytes)
        case (3, .bytes(let bytes)): content = .filteredBlock(bytes)
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {
        switch content {
        case .status(let status): writer.writeAlways(1, UInt64(bitPattern: Int64(status.rawValue)))
        case .block(let bytes): writer.writeAlways(2, bytes)
        case .filteredBlock(let bytes): writer.writeAlways(3, bytes)
        case nil: break
        }
    }
}
