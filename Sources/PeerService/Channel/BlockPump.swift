internal import FabricTypes
internal import LedgerCore
internal import Logging
internal import Synchronization

/// Brings a channel's blocks from a source to its ledger, as long as the channel runs.
///
/// While one block is being committed the next one is fetched and worked out; a block that changes the configuration is
/// committed before anything of the next one is begun. A source that ends, fails, is silent for too long or sends what is
/// not the next block is asked anew from the ledger's height, after a pause that grows while nothing good comes.
/// Source: Fabric's `blocksprovider.Deliverer`.
struct BlockPump<Time: Clock<Duration>>: Sendable {
    let channel: PeerChannel
    let source: any BlockSource
    let retry: BlockPumpRetry
    let clock: Time

    /// Returns when the task is cancelled or the channel has stopped.
    func run() async {
        var failureCount = 0
        while !Task.isCancelled, isRunning {
            let height = channel.commits.height
            do {
                try await follow(from: height)
            } catch is CancellationError {
                return
            } catch {
                log(error)
            }
            guard !Task.isCancelled, isRunning else { return }
            failureCount = channel.commits.height > height ? 0 : failureCount + 1
            // Cancelled: the loop ends.
            try? await clock.sleep(for: retry.pause(after: failureCount), tolerance: nil)
        }
    }

    private var isRunning: Bool {
        if case .running = channel.condition { true } else { false }
    }

    private func log(_ error: any Error) {
        let metadata: Logger.Metadata = ["channel.id": "\(channel.id)", "error": "\(error)"]
        if error is BlockRefusal {
            // The source is at fault, or somebody between.
            channel.settings.logger.warning("Block refused", metadata: metadata)
        } else {
            channel.settings.logger.debug("Block source ended", metadata: metadata)
        }
    }

    private enum Part {
        case fetching, committing
    }

    /// Takes blocks until the source ends or something is wrong with them; what was taken before is committed.
    private func follow(from height: BlockNumber) async throws {
        let arrivals = Arrivals(clock.now)
        // One block is being committed and one waits; the fetching task keeps to that.
        let (prepared, handover) = AsyncStream.makeStream(
            of: PreparedBlock.self, bufferingPolicy: .bufferingOldest(2))
        try await withThrowingTaskGroup(of: Part.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                defer { handover.finish() }
                try await fetch(from: height, into: handover, telling: arrivals)
                return .fetching
            }
            group.addTask {
                for await block in prepared { try await channel.commit(block) }
                return .committing
            }
            group.addTask { try await watch(arrivals) }
            while let part = try await group.next() {
                if part == .committing { return }
            }
        }
    }

    private func fetch(
        from height: BlockNumber, into handover: AsyncStream<PreparedBlock>.Continuation, telling arrivals: Arrivals
    ) async throws {
        for try await bytes in source.blocks(of: channel.id, from: height) {
            arrivals.note(clock.now)
            let block = try await channel.prepare(bytes)
            handover.yield(block)
            // A number that is none of ours is refused by the commit, which ends this task.
            if block.isConfigBlock {
                _ = try await channel.commits.wait(above: block.number)
            } else if block.number > 0 {
                _ = try await channel.commits.wait(above: block.number - 1)
            }
        }
    }

    /// Throws when nothing has come for too long: a connection may be dead without anybody having noticed.
    private func watch(_ arrivals: Arrivals) async throws -> Part {
        while true {
            let due = arrivals.last.advanced(by: retry.silenceMax)
            if due <= clock.now { throw SilentSource(duration: retry.silenceMax) }
            try await clock.sleep(until: due, tolerance: nil)
        }
    }

    private final class Arrivals: Sendable {
        private let instant: Mutex<Time.Instant>

        init(_ now: Time.Instant) {
            instant = Mutex(now)
        }

        var last: Time.Instant { instant.withLock { $0 } }

        func note(_ now: Time.Instant) {
            instant.withLock { $0 = now }
        }
    }
}

/// When a block source is asked again.
package struct BlockPumpRetry: Hashable, Sendable {
    /// The pause after the first failure; each further one is longer by ``factor``.
    package var pauseMin: Duration = .milliseconds(100)
    package var factor = 1.2
    package var pauseMax: Duration = .seconds(10)
    /// How long a source may send nothing before it is asked anew. Asking costs little.
    package var silenceMax: Duration = .seconds(120)

    package init() {}

    /// - Parameter failureCount: how many times in a row the source gave nothing good.
    func pause(after failureCount: Int) -> Duration {
        var pause = pauseMin
        for _ in 1..<max(1, failureCount) where pause < pauseMax { pause = pause * factor }
        return min(pause, pauseMax)
    }
}

private struct SilentSource: Error, CustomStringConvertible {
    let duration: Duration

    var description: String { "The source has sent nothing for \(duration)." }
}
