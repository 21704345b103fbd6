internal import FunctionTypes
package import Logging
internal import ServiceLifecycle
internal import Synchronization
package import TriggerCore

/// Sends spans to an OpenTelemetry collector over HTTP, in the background.
///
/// Nothing ever waits for it: spans that come faster than the collector takes them are dropped and counted. ``run()`` must run;
/// a graceful shutdown sends what is left, once.
package final class SpanExporter: Service, SpanSink {
    package struct Configuration: Sendable {
        /// Spans that wait; more are dropped.
        package var queueCountMax = 16_384
        /// Of one request.
        package var batchCountMax = 512
        package var interval = Duration.seconds(1)
        /// A batch that was not taken by then is dropped.
        package var retryTimeMax = Duration.seconds(60)
        package var retryPauseMin = Duration.seconds(1)
        package var retryPauseMax = Duration.seconds(30)

        package init() {}
    }

    /// Since the node started.
    package struct Counts: Hashable, Sendable {
        package var exported = 0
        /// The queue was full.
        package var overflowed = 0
        /// The collector did not take them, or could not be reached for too long.
        package var refused = 0
        /// Requests that failed, repeated ones too.
        package var failedRequests = 0
        package var waiting = 0

        package init() {}
    }

    private struct State {
        var queue: [TraceSpan] = []
        var counts = Counts()
    }

    private let configuration: Configuration
    private let resource: SpanBatch.Resource
    private let collector: any SpanCollector
    private let time: TriggerTime
    private let logger: Logger
    private let state = Mutex(State())

    package init(
        configuration: Configuration = Configuration(), resource: SpanBatch.Resource, collector: any SpanCollector,
        time: TriggerTime, logger: Logger
    ) {
        self.configuration = configuration
        self.resource = resource
        self.collector = collector
        self.time = time
        self.logger = logger
    }

    package func record(_ span: TraceSpan) {
        guard span.context.isSampled else { return }
        state.withLock { state in
            guard state.queue.count < configuration.queueCountMax else {
                state.counts.overflowed += 1
                return
            }
            state.queue.append(span)
        }
    }

    package var counts: Counts {
        state.withLock { state in
            var counts = state.counts
            counts.waiting = state.queue.count
            return counts
        }
    }

    // MARK: - Sending

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.time.sleep(self.configuration.interval)
                } catch {
                    return
                }
                await self.sendAll()
            }
        }
        await sendLast()
    }

    private func take() -> [TraceSpan] {
        state.withLock { state in
            let batch = Array(state.queue.prefix(configuration.batchCountMax))
            state.queue.removeFirst(batch.count)
            return batch
        }
    }

    private func sendAll() async {
        while !Task.isCancelled {
            let batch = take()
            guard !batch.isEmpty else { return }
            await send(batch)
        }
    }

    /// Every batch once: a node that stops waits for no collector.
    private func sendLast() async {
        while true {
            let batch = take()
            guard !batch.isEmpty else { return }
            let answer = await collector.send(SpanBatch(batch, from: resource))
            count(answer, of: batch.count, isLast: true)
            guard case .taken = answer else {
                let rest = state.withLock { state in
                    defer { state.queue = [] }
                    return state.queue.count
                }
                state.withLock { $0.counts.refused += rest }
                return
            }
        }
    }

    private func send(_ spans: [TraceSpan]) async {
        let batch = SpanBatch(spans, from: resource)
        let end = time.uptime() + configuration.retryTimeMax
        var pause = configuration.retryPauseMin
        while true {
            let answer = await collector.send(batch)
            // With some chance in it, so that nodes which lost a collector together do not come back together.
            let wait = Self.wait(answer, pause * (0.5 + time.jitter()))
            let isLast = wait.map { time.uptime() + $0 > end } ?? true
            count(answer, of: spans.count, isLast: isLast)
            guard let wait, !isLast else { return }
            do {
                try await time.sleep(wait)
            } catch {
                // The node stops: what is left is sent once more with the rest.
                state.withLock { $0.queue.insert(contentsOf: spans, at: 0) }
                return
            }
            pause = min(pause * 2, configuration.retryPauseMax)
        }
    }

    /// Nil where the batch is not to be sent again.
    private static func wait(_ answer: SpanAnswer, _ pause: Duration) -> Duration? {
        switch answer {
        case .taken, .refused: nil
        case .unavailable(_, let after): max(after ?? .zero, pause)
        }
    }

    private func count(_ answer: SpanAnswer, of spanCount: Int, isLast: Bool) {
        switch answer {
        case .taken(let rejected, let message):
            let rejected = min(max(0, rejected), spanCount)
            state.withLock { state in
                state.counts.exported += spanCount - rejected
                state.counts.refused += rejected
            }
            if let message, !message.isEmpty {
                logger.notice("The collector has something to say about spans", metadata: ["message": "\(message)"])
            }
        case .refused(let reason), .unavailable(let reason, _):
            let isFirst = state.withLock { state in
                state.counts.failedRequests += 1
                if isLast { state.counts.refused += spanCount }
                return state.counts.failedRequests == 1
            }
            // One line is enough to look; the metrics tell the rest.
            let level: Logger.Level = isFirst ? .warning : .debug
            logger.log(level: level, "Spans could not be sent to the collector", metadata: ["reason": "\(reason)"])
        }
    }
}

/// Where batches go.
package protocol SpanCollector: Sendable {
    func send(_ batch: SpanBatch) async -> SpanAnswer
}

package enum SpanAnswer: Hashable, Sendable {
    /// All but so many; a collector may have a word about them.
    case taken(rejected: Int, message: String?)
    /// Not to be sent again.
    case refused(String)
    /// To be sent again, no sooner than the collector says.
    case unavailable(String, after: Duration?)
}
