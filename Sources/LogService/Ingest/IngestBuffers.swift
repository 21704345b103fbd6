internal import LogCore
internal import Synchronization

/// Lines of functions on their way to disk: a bounded buffer for each logstore.
///
/// Adding never waits. What does not fit is dropped and counted, and the count is written into the logstore itself once
/// there is room again.
final class IngestBuffers: Sendable {
    struct Batch: Sendable {
        var entries: [LogEntry] = []
        var byteCount = 0
        var droppedCount = 0
    }

    private struct State {
        var batches: [LogstoreID: Batch] = [:]
        var byteCount = 0
    }

    private let byteCountMax: Int
    private let byteCountTotalMax: Int
    private let state = Mutex(State())
    private let wake: AsyncStream<Void>.Continuation
    /// Tells that something was added; several additions may come as one.
    let added: AsyncStream<Void>

    init(byteCountMax: Int, byteCountTotalMax: Int) {
        self.byteCountMax = byteCountMax
        self.byteCountTotalMax = byteCountTotalMax
        (added, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// - Returns: Number of entries dropped.
    func add(_ entries: [LogEntry], to logstore: LogstoreID) -> Int {
        let droppedCount = state.withLock { state in
            var batch = state.batches[logstore] ?? Batch()
            let before = (batch.byteCount, batch.droppedCount)
            for entry in entries {
                let size = entry.byteCount + 64
                guard batch.byteCount + size <= byteCountMax,
                    state.byteCount + batch.byteCount - before.0 + size <= byteCountTotalMax
                else {
                    batch.droppedCount += 1
                    continue
                }
                batch.entries.append(entry)
                batch.byteCount += size
            }
            state.byteCount += batch.byteCount - before.0
            state.batches[logstore] = batch
            return batch.droppedCount - before.1
        }
        wake.yield()
        return droppedCount
    }

    /// Everything that waits. Its bytes count until ``finish(_:)``, so that a slow disk is felt here.
    func take() -> [LogstoreID: Batch] {
        state.withLock { state in
            defer { state.batches = [:] }
            return state.batches
        }
    }

    /// What was taken is written, or lost.
    func finish(_ batches: [LogstoreID: Batch]) {
        state.withLock { $0.byteCount -= batches.values.reduce(0) { $0 + $1.byteCount } }
    }
}
