internal import FunctionTypes
internal import Logging
internal import Synchronization
internal import TriggerCore

/// One trigger on a logstore: looks at its shards now and then, and tells the function what came, slice by slice.
///
/// Of each shard in order, at least once; shards do not wait for each other. A slice is settled when the function has taken it, or when
/// its repeats are used up: then it is kept as a dead letter, and skipped.
final class LogTriggerRun: Sendable {
    let entry: LogTriggerEntry
    private let logs: any LogShardReading
    private let functions: any FunctionInvoking
    private let saver: TriggerSaver
    private let time: TriggerTime
    private let logger: Logger
    private let endpoint: String
    private let state: Mutex<State>

    private struct State {
        var status = LogTriggerStatus(condition: .running)
        /// Shards with a slice on its way.
        var busy: Set<Int> = []
        var isStopping = false
    }

    init(
        entry: LogTriggerEntry, logs: any LogShardReading, functions: any FunctionInvoking, saver: TriggerSaver,
        time: TriggerTime, endpoint: String, logger: Logger
    ) {
        self.entry = entry
        self.logs = logs
        self.functions = functions
        self.saver = saver
        self.time = time
        self.endpoint = endpoint
        var logger = logger
        logger[metadataKey: "trigger.name"] = "\(entry.name)"
        self.logger = logger
        state = Mutex(State())
    }

    var status: LogTriggerStatus { state.withLock { $0.status } }

    /// Lets deliveries under way end.
    func stop() { state.withLock { $0.isStopping = true } }

    private var isStopping: Bool { state.withLock { $0.isStopping } || Task.isCancelled }

    /// Returns after ``stop()``, or when cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            repeat { await look(&group) } while await pause(entry.trigger.interval)
        }
    }

    private func look(_ group: inout DiscardingTaskGroup) async {
        let trigger = entry.trigger
        let shards: [Int: Range<Int64>]
        do {
            shards = try await logs.bounds(
                ofProject: trigger.project, logstore: trigger.logstore, for: entry.target.id.organization)
        } catch {
            state.withLock { $0.status.condition = .waiting("\(error)") }
            return
        }
        state.withLock { state in
            if case .waiting = state.status.condition { state.status.condition = .running }
        }
        for (shard, bounds) in shards.sorted(by: { $0.key < $1.key }) {
            guard !isStopping, state.withLock({ $0.busy.insert(shard).inserted }) else { continue }
            group.addTask {
                await self.follow(shard, bounds)
                self.state.withLock { state in
                    state.busy.remove(shard)
                    if state.busy.isEmpty, case .running = state.status.condition {
                        state.status.condition = .caughtUp
                    }
                }
            }
        }
    }

    /// Brings a shard's position to its end as it was seen.
    private func follow(_ shard: Int, _ bounds: Range<Int64>) async {
        do {
            let name = entry.positionName(shard: shard)
            let stored = try await saver.perform { try $0.position(name) }
            let created = entry.createdAt.milliseconds.multipliedReportingOverflow(by: 1_000).partialValue
            let known = stored.map { Int64(clamping: $0.watermark.block) } ?? created
            // What has expired can be told to nobody.
            let begin = min(max(known, bounds.lowerBound), bounds.upperBound)
            note(shard, position: begin, end: bounds.upperBound)
            guard begin < bounds.upperBound else {
                if stored == nil { try await saver.save(progress(name, begin)) }
                return
            }
            state.withLock { $0.status.condition = .running }
            try await deliver(LogSlice(shard: shard, begin: begin, end: bounds.upperBound), name)
        } catch {
            state.withLock { $0.status.lastError = "\(error)" }
            logger.error("A trigger's position in a logstore cannot be kept", metadata: ["error": "\(error)"])
        }
    }

    private func deliver(_ slice: LogSlice, _ name: PositionName) async throws {
        let requestID = DeliveryCarrier.requestID()
        let event = entry.trigger.event(slice, job: entry.id, task: requestID, endpoint: endpoint).jsonBytes
        var (failureCount, waitCount) = (0, 0)
        while true {
            var next = progress(name, slice.end)
            switch await invoke(event, requestID: DeliveryCarrier.requestID(), slice, retryCount: failureCount) {
            case .handled(let report, let response):
                next.outcomes = [
                    outcome(slice, .handled, report.requestID, report, attemptCount: failureCount + 1, response)
                ]
                try await saver.save(next)
                state.withLock { $0.status.handledCount += 1 }
                note(slice.shard, position: slice.end, end: slice.end)
                return
            case .failed(let report, let reason):
                failureCount += 1
                state.withLock { state in
                    state.status.failedCount += 1
                    state.status.lastError = reason
                }
                guard failureCount > entry.trigger.repeatCountMax else { break }
                var ended = outcome(slice, .deadLettered, requestID, report, attemptCount: failureCount, [])
                ended.error = reason
                next.outcomes = [ended]
                next.deadLetters = [deadLetter(event, requestID, reason, failureCount, report)]
                try await saver.save(next)
                note(slice.shard, position: slice.end, end: slice.end)
                return
            case .unavailable(let reason):
                waitCount += 1
                state.withLock { $0.status.lastError = reason }
            }
            let wait = RetryRule().wait(failureCount: failureCount + waitCount, jitter: time.jitter())
            guard await pause(wait) else { return }  // the slice is told again at the next start
        }
    }

    private enum Result {
        case handled(InvocationReport, [UInt8])
        case failed(InvocationReport, String)
        /// Not deployed, or no free instance: waited for without counting.
        case unavailable(String)
    }

    private func invoke(_ event: [UInt8], requestID: String, _ slice: LogSlice, retryCount: Int) async -> Result {
        let invocation = Invocation(
            requestID: requestID, target: entry.target, payload: .event(event), origin: .trigger(entry.name),
            retryCount: retryCount,
            logFields: [
                "project": entry.trigger.project, "logstore": entry.trigger.logstore, "shard": "\(slice.shard)",
            ])
        do throws(FunctionError) {
            let report = try await functions.invoke(invocation)
            switch report.outcome {
            case .event(let response): return .handled(report, response)
            case .http: return .failed(report, "The function answers HTTP requests, not events.")
            case .failure(let failure): return .failed(report, "\(failure.errorType): \(failure.message)")
            }
        } catch {
            return .unavailable(error.description)
        }
    }

    // MARK: - Records

    private func progress(_ name: PositionName, _ sequence: Int64) -> TriggerProgress {
        TriggerProgress(name: name, watermark: LedgerPoint(block: UInt64(max(0, sequence))), hashBefore: [])
    }

    private func outcome(
        _ slice: LogSlice, _ status: EventOutcome.Status, _ requestID: String, _ report: InvocationReport,
        attemptCount: Int, _ response: [UInt8]
    ) -> EventOutcome {
        EventOutcome(
            point: LedgerPoint(block: UInt64(max(0, slice.begin))), status: status, requestID: requestID,
            version: report.version, codeDigest: report.codeChecksum, attemptCount: attemptCount, batchCount: 1,
            response: response, endedAt: time.now())
    }

    private func deadLetter(
        _ event: [UInt8], _ requestID: String, _ reason: String, _ attemptCount: Int, _ report: InvocationReport
    ) -> TriggerDeadLetter {
        TriggerDeadLetter(
            trigger: entry.name, target: entry.target, requestID: requestID, payload: event, reason: reason,
            attemptCount: attemptCount, version: report.version, codeDigest: report.codeChecksum, buriedAt: time.now(),
            traceparent: nil)
    }

    private func note(_ shard: Int, position: Int64, end: Int64) {
        state.withLock { state in
            state.status.shards.removeAll { $0.shard == shard }
            state.status.shards.append(.init(shard: shard, position: position, end: end))
            state.status.shards.sort { $0.shard < $1.shard }
        }
    }

    /// - Returns: false where the trigger stops meanwhile.
    private func pause(_ duration: Duration) async -> Bool {
        let end = time.uptime() + duration
        while !isStopping {
            let rest = end - time.uptime()
            guard rest > .zero else { return true }
            do {
                try await time.sleep(min(rest, .milliseconds(500)))
            } catch {
                return false
            }
        }
        return false
    }
}
