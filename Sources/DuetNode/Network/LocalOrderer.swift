internal import FabricTypes
internal import LedgerCore
internal import OrdererService
internal import PeerService
internal import Synchronization

/// The orderer of this process, as gateways and peers know orderers.
struct LocalOrderer: OrderingNode {
    let orderer: Orderer
    let mspID: MSPID
    let endpoint: String

    func broadcast(
        _ envelope: Bytes, deadline: ContinuousClock.Instant?
    ) async throws -> (status: Int32, info: String) {
        let answer = await orderer.broadcast(envelope)
        return (answer.status.rawValue, answer.info)
    }
}

extension LocalOrderer: BlockSource {
    func blocks(of channel: ChannelID, from number: BlockNumber) -> AsyncThrowingStream<Bytes, any Error> {
        let next = NextBlock(number)
        return AsyncThrowingStream {
            // A channel that this orderer does not order has no blocks; the peer asks again.
            guard let channel = orderer.channel(channel) else { return nil }
            try await channel.waitForHeight(above: next.number)
            let block = try await channel.block(next.number)
            next.advance()
            return block
        }
    }
}

/// Which block a stream gives next. Read and advanced by the stream alone.
private final class NextBlock: Sendable {
    private let stored: Mutex<BlockNumber>

    init(_ number: BlockNumber) {
        stored = Mutex(number)
    }

    var number: BlockNumber { stored.withLock { $0 } }

    func advance() {
        stored.withLock { $0 += 1 }
    }
}
