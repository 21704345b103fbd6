import FabricTypes
import LedgerCore
import Synchronization

/// Collects answers as they come.
final class Answers: Sendable {
    private let list = Mutex<[BroadcastResponse]>([])
    private let feed = HeightFeed(height: 0)

    var all: [BroadcastResponse] { list.withLock { $0 } }

    func record(_ answer: BroadcastResponse) {
        list.withLock { list in
            list.append(answer)
            feed.raise(to: UInt64(list.count))
        }
    }

    /// Waits for as many.
    func first(_ count: Int) async throws -> [BroadcastResponse] {
        if feed.height < UInt64(count) { _ = try await feed.wait(above: UInt64(count) - 1) }
        return Array(all.prefix(count))
    }
}
