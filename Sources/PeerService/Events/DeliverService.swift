package import FabricTypes
package import LedgerCore
internal import Membership

/// The event streams of a peer: blocks, filtered blocks, and blocks with private data, from any number on.
///
/// A stream reads the ledger when it is woken and keeps nothing between two blocks, so that waiting streams take a few
/// hundred bytes each; the last blocks are shared. Source: Fabric's `protos.Deliver` and `peer.DeliverServer`.
package struct DeliverService: Sendable {
    package enum Content: Hashable, Sendable, CaseIterable {
        /// `protos.Deliver/Deliver`
        case blocks
        /// `protos.Deliver/DeliverFiltered`
        case filteredBlocks
        /// `protos.Deliver/DeliverWithPrivateData`
        case blocksWithPrivateData

        /// As Fabric's metrics call it.
        fileprivate var dataType: String {
            switch self {
            case .blocks: "block"
            case .filteredBlocks: "filtered_block"
            case .blocksWithPrivateData: "block_and_pvtdata"
            }
        }

        fileprivate var resource: AccessResource {
            switch self {
            case .filteredBlocks: .filteredBlockEvents
            // As Fabric's peers: the data itself is given by each collection's own rule.
            case .blocks, .blocksWithPrivateData: .blockEvents
            }
        }
    }

    package let figures = DeliverFigures()
    private let peer: Peer
    private let now: @Sendable () -> Timestamp

    /// - Parameter now: the server's time.
    package init(peer: Peer, now: @escaping @Sendable () -> Timestamp) {
        self.peer = peer
        self.now = now
    }

    /// Serves one stream until the client is done or is refused something; returning ends it in good order.
    ///
    /// - Parameters:
    ///   - next: the client's next request, an encoded `common.Envelope`; nil when there will be none.
    ///   - send: sends an encoded `protos.DeliverResponse`; suspends while the client is slow.
    /// - Throws: `CancellationError`, and what `next` and `send` throw: the client is gone.
    package func serve(
        _ content: Content, binding: TLSBinding, next: () async throws -> Bytes?, send: (Bytes) async throws -> Void
    ) async throws {
        figures.opened.add()
        defer { figures.closed.add() }
        let delivery = BlockDelivery(binding: binding, givesHeadersAlone: false, now: now)
        while let request = try await next() {
            figures.requests.add(1, [content.dataType])
            var served: PeerChannel?
            let refusal = try await delivery.serve(request) { name in
                served = channel(named: name)
                return served.map { PeerDeliveryChain(channel: $0, resource: content.resource) }
            } send: { delivered in
                guard let served else { return }
                try await send(response(content, to: delivered, of: served).encoded)
                figures.blocks.add(1, [content.dataType])
            }
            try await send(PeerDeliverResponse.status(refusal?.status ?? .success).encoded)
            if refusal != nil { return }
        }
    }

    private func channel(named name: Bytes) -> PeerChannel? {
        (try? ChannelID(validating: name.lossyText)).flatMap { peer.channel($0) }
    }

    private func response(
        _ content: Content, to delivered: BlockDelivery.Delivered, of channel: PeerChannel
    ) async throws -> PeerDeliverResponse {
        switch content {
        case .blocks:
            return .block(delivered.block)
        case .filteredBlocks:
            // What cannot be filtered is answered with a status, and the stream goes on: so do Fabric's peers.
            return channel.filtered(delivered.block, number: delivered.number).map { .filteredBlock($0) }
                ?? .status(.badRequest)
        case .blocksWithPrivateData:
            let reader = delivered.reader.identity
            let sets = try await channel.privateSets(ofBlock: delivered.number, readableBy: reader)
            return .blockWithPrivateData(delivered.block, sets)
        }
    }
}
