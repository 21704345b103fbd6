package import FabricTypes
internal import LedgerCore
internal import Membership

extension Gateway {
    /// Sends the events that a chaincode's valid transactions set, block by block, as blocks are committed.
    package func chaincodeEvents(
        _ signed: SignedChaincodeEventsRequest, deadline: ContinuousClock.Instant?,
        send: (ChaincodeEventsResponse) async throws -> Void
    ) async throws(GatewayError) {
        let request = try Self.unpack(signed)
        let channel = try authorize(
            .chaincodeEvents, request.channelID,
            SignedData(identity: request.identity, message: [signed.request], signature: signed.signature))
        let ticket = try limiter.enter(.waiting, try? channel.configuration.resolver.identity(request.identity))
        defer { limiter.leave(ticket) }
        do {
            let start = try await Self.start(of: request, on: channel)
            try await Self.send(request, from: start, of: channel, deadline: deadline, to: send)
        } catch {
            throw Self.error(ofWaiting: error)
        }
    }

    private static func unpack(
        _ signed: SignedChaincodeEventsRequest
    ) throws(GatewayError) -> ChaincodeEventsRequest {
        guard !signed.request.isEmpty else {
            throw GatewayError(.invalidArgument, "a chaincode events request is required")
        }
        do throws(WireError) {
            return try ChaincodeEventsRequest(decoding: signed.request)
        } catch {
            throw GatewayError(.invalidArgument, "invalid chaincode events request: \(StockText.undecodable)")
        }
    }

    /// The first block to look at.
    private static func start(
        of request: ChaincodeEventsRequest, on channel: PeerChannel
    ) async throws -> BlockNumber {
        let id = request.afterTransactionID
        if !id.isEmpty, let position = try await channel.read({ try $0.position(ofTransaction: id) }) {
            return position.blockNumber
        }
        switch request.startPosition?.kind {
        case .specified(let block): return block.number
        case .nextCommit, nil: return channel.commits.height
        case .oldest: throw invalidStart("Oldest")
        case .newest: throw invalidStart("Newest")
        }
    }

    private static func invalidStart(_ type: String) -> GatewayError {
        GatewayError(.invalidArgument, "invalid start position type: *orderer.SeekPosition_\(type)")
    }

    /// Ends only by throwing.
    private static func send(
        _ request: ChaincodeEventsRequest, from start: BlockNumber, of channel: PeerChannel,
        deadline: ContinuousClock.Instant?, to send: (ChaincodeEventsResponse) async throws -> Void
    ) async throws {
        var filter = ChaincodeEventFilter(request)
        var number = start
        while true {
            try Task.checkCancellation()
            if let deadline, deadline <= .now { throw CallDeadline.Passed() }
            guard let block = try await channel.block(number) else {
                let next = number
                _ = try await CallDeadline.run(until: deadline) { try await channel.commits.wait(above: next) }
                continue
            }
            let events = filter.matches(try Block(decoding: block).chaincodeEvents)
            if !events.isEmpty {
                do {
                    try await send(ChaincodeEventsResponse(events: events, blockNumber: number))
                } catch {
                    throw CancellationError()
                }
            }
            number += 1
        }
    }
}

/// Picks the events that a request asks for, in the order of the ledger.
struct ChaincodeEventFilter {
    private let chaincode: Bytes
    /// Whose events are still to pass; empty once they have.
    private var awaitedTransactionID: Bytes

    init(_ request: ChaincodeEventsRequest) {
        chaincode = request.chaincodeID
        awaitedTransactionID = request.afterTransactionID
    }

    mutating func matches(_ events: [ChaincodeEvent]) -> [ChaincodeEvent] {
        events.filter { event in
            guard awaitedTransactionID.isEmpty else {
                // Whichever chaincode's event it is.
                if event.transactionID == awaitedTransactionID { awaitedTransactionID = Bytes() }
                return false
            }
            return event.chaincodeID == chaincode
        }
    }
}
