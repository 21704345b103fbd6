internal import ServiceLifecycle

/// Keeps all channels of a peer, those joined now and later, supplied with blocks.
///
/// Ends with the task, when each channel's block under way is whole; then the peer's ledgers can be closed.
package struct PeerBlockService: Service {
    private let peer: Peer
    private let source: any BlockSource
    private let retry: BlockPumpRetry

    package init(peer: Peer, source: any BlockSource, retry: BlockPumpRetry = BlockPumpRetry()) {
        self.peer = peer
        self.source = source
        self.retry = retry
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await channel in peer.allChannels() {
                    let pump = BlockPump(channel: channel, source: source, retry: retry, clock: ContinuousClock())
                    group.addTask { await pump.run() }
                }
                // The stream has ended because the peer or this task has.
                group.cancelAll()
            }
        }
    }
}
