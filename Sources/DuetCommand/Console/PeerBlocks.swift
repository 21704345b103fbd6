internal import DuetClient
internal import FabricTypes
internal import Logging
internal import PeerService
internal import Synchronization

/// A peer's channels as its deliver service gives them to a client.
///
/// Asks for one block before the one that is wanted, so that it is known at once whether the peer gives any.
final class PeerBlocks: BlockSource {
    private let client: NetworkClient
    private let address: String
    private let logger: Logger
    /// Why channels give no blocks now.
    private let failures = Mutex<[ChannelID: String]>([:])
    /// Whether the peer was there at the start, or has been since.
    private let wasSeen: Atomic<Bool>

    init(_ client: NetworkClient, address: String, wasSeen: Bool, logger: Logger) {
        self.client = client
        self.wasSeen = Atomic(wasSeen)
        self.address = address
        self.logger = logger
    }

    /// Whole sentences; empty while blocks come or could.
    var problems: [String] {
        guard wasSeen.load(ordering: .relaxed) else {
            return ["The peer at \(address) cannot be reached. It is asked again; this is what was mirrored before."]
        }
        return failures.withLock { failures in
            failures.sorted { $0.key.rawValue < $1.key.rawValue }.map { channel, failure in
                "The peer at \(address) gives no blocks of channel \"\(channel)\" now: \(failure) It is asked again."
            }
        }
    }

    func blocks(of channel: ChannelID, from number: BlockNumber) -> AsyncThrowingStream<Bytes, any Error> {
        let follower = BlockFollower(client.channel(channel), from: number) { [self] failure in
            note(failure, channel)
        }
        return AsyncThrowingStream(unfolding: { try await follower.next() })
    }

    private func note(_ failure: String?, _ channel: ChannelID) {
        if failure == nil { wasSeen.store(true, ordering: .relaxed) }
        let before = failures.withLock { failures in
            defer { failures[channel] = failure }
            return failures[channel]
        }
        guard failure != before else { return }
        let metadata: Logger.Metadata = ["channel.id": "\(channel)", "peer": "\(address)"]
        if let failure {
            logger.warning("Peer gives no blocks", metadata: metadata.merging(["error": "\(failure)"]) { $1 })
        } else if before != nil {
            logger.notice("Peer gives blocks again", metadata: metadata)
        }
    }
}

/// One stream of blocks, which are taken from the connection no faster than they are asked for. Ends with its last owner.
private final class BlockFollower: Sendable {
    private let blocks: AsyncThrowingStream<Bytes, any Error>
    private let permits: AsyncStream<Void>.Continuation
    private let task: Task<Void, Never>

    /// - Parameter tell: is told why the stream ended, or nil once a block has come.
    init(_ channel: ChannelClient, from number: BlockNumber, tell: @escaping @Sendable (String?) -> Void) {
        // A block more than was asked for is never there.
        let (blocks, out) = AsyncThrowingStream.makeStream(of: Bytes.self, bufferingPolicy: .bufferingOldest(2))
        let (permitted, permits) = AsyncStream.makeStream(of: Void.self)
        self.blocks = blocks
        self.permits = permits
        task = Task {
            do {
                try await channel.blocksOnce(from: number - min(number, 1)) { block in
                    tell(nil)
                    guard block.number >= number else { return }
                    for await _ in permitted { break }
                    out.yield(block.encoded)
                }
                out.finish()
            } catch is CancellationError {
                out.finish(throwing: CancellationError())
            } catch {
                tell((error as? ClientError)?.message ?? "\(error)")
                out.finish(throwing: error)
            }
        }
    }

    deinit {
        task.cancel()
    }

    func next() async throws -> Bytes? {
        permits.yield()
        for try await block in blocks { return block }
        return nil
    }
}
