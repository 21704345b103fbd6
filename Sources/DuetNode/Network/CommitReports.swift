internal import FabricTypes
internal import OrdererService
internal import PeerService
internal import ServiceLifecycle

/// Tells the orderer of this process how far its peers have come, so that it cuts small blocks only while nothing is in
/// flight.
struct CommitReports: Service {
    let peer: Peer
    let orderer: Orderer

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await channel in peer.allChannels() {
                    group.addTask { await report(channel) }
                }
                group.cancelAll()
            }
        }
    }

    /// Ends when the channel stops or the task is cancelled; the orderer no longer waits for the peer then.
    private func report(_ channel: PeerChannel) async {
        guard let ordered = orderer.channel(channel.id) else { return }
        var height = channel.commits.height
        let reporter = ordered.makeCommitReporter(height: height)
        while let next = try? await channel.commits.wait(above: height) {
            height = next
            reporter.committed(height: height)
        }
    }
}
