internal import Dispatch
package import FunctionCore
package import FunctionTypes
package import Logging
internal import Synchronization
package import TriggerCore

/// Keeps what became of invocations that belong to a ledger: those that something on it caused, and those that submitted to it.
///
/// Writes in the background, what comes while the disk is busy together; nothing waits for it. Others leave no record here:
/// their log lines and the exported spans tell of them.
package final class InvocationJournal: InvocationObserver {
    /// Waiting for the disk; more are dropped and counted.
    package static let pendingCountMax = 20_000
    /// Requests under way that have submitted something and that nothing on a ledger caused.
    static let submitterCountMax = 20_000

    private struct State {
        var pending: [TraceEntry] = []
        var submitters: Set<String> = []
        var recordedCount = 0
        var droppedCount = 0
    }

    private let store: any TraceStore
    private let logger: Logger
    private let queue = DispatchQueue(label: "duet.triggers.traces")
    private let state = Mutex(State())

    package init(store: any TraceStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Since the node started.
    package var counts: (recorded: Int, dropped: Int) { state.withLock { ($0.recordedCount, $0.droppedCount) } }

    // MARK: - Writing

    package func ended(_ end: InvocationEnd) {
        let hasSubmitted = state.withLock { state in
            state.submitters.isEmpty ? false : state.submitters.remove(end.invocation.requestID) != nil
        }
        guard hasSubmitted || end.invocation.logFields["channel"] != nil else { return }
        keep(.invocation(InvocationRecord(end), otherTransactionIDs: end.invocation.otherTransactionIDs))
    }

    /// A running function hands a transaction to the orderer.
    package func submitted(_ record: SubmissionRecord) {
        state.withLock { state in
            if state.submitters.count < Self.submitterCountMax { state.submitters.insert(record.requestID) }
        }
        keep(.submission(record))
    }

    private func keep(_ entry: TraceEntry) {
        let count = state.withLock { state in
            guard state.pending.count < Self.pendingCountMax else {
                state.droppedCount += 1
                return 0
            }
            state.recordedCount += 1
            state.pending.append(entry)
            return state.pending.count
        }
        if count == 1 { queue.async { self.drain() } }
    }

    private func drain() {
        let batch = state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
        do {
            try store.add(batch)
        } catch {
            logger.warning("Records of invocations were not kept", metadata: ["error": "\(error)"])
        }
    }

    // MARK: - Reading

    /// Reads, after everything kept before.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any TraceStore) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [store] in continuation.resume(with: Result { try body(store) }) }
        }
    }
}

extension InvocationRecord {
    init(_ end: InvocationEnd) {
        let invocation = end.invocation
        let (kind, trigger) = Self.kind(of: invocation)
        self.init(
            requestID: invocation.requestID, target: invocation.target, kind: kind,
            attempt: invocation.retryCount &+ 1, traceparent: invocation.traceparent ?? "", startedAt: end.startedAt,
            status: .succeeded)
        self.trigger = trigger
        triggerID = invocation.cause?.triggerID
        parentSpanID = end.parent?.spanID
        let fields = invocation.logFields
        channel = fields["channel"]
        block = fields["blockNumber"]
        transactionID = fields["txId"]
        eventID = fields["eventId"]
        eventCount = fields["eventCount"].flatMap { Int($0) } ?? 1
        replayID = fields["replay"]
        version = end.function?.version
        project = end.function?.service.logging?.project
        logstore = end.function?.service.logging?.logstore
        timing.total = end.elapsed.microseconds
        switch end.result {
        case .success(let report):
            take(report.measurement)
            guard let failure = report.outcome.failure else { return }
            status = .failed
            error = "\(failure.errorType): \(failure.message)"
        case .failure(let refusal):
            status = .refused
            error = refusal.message
        }
    }

    private mutating func take(_ measurement: InvocationMeasurement) {
        memoryByteCount = measurement.memoryByteCountPeak
        timing.queueing = measurement.waiting.microseconds
        timing.running = measurement.duration.microseconds
        guard let coldStart = measurement.coldStart else { return }
        timing.sandbox = coldStart.sandbox.microseconds
        timing.runtimeStart = coldStart.runtimeStart.microseconds
        timing.codeLoad = coldStart.codeLoad.microseconds
        timing.initializer = coldStart.initializer.microseconds
    }

    private static func kind(of invocation: Invocation) -> (Kind, String?) {
        switch invocation.origin {
        case .api: (.api, nil)
        case .queue: (.queue, nil)
        case .http: (.http, nil)
        case .timer(let name): (.timer, name.rawValue)
        case .trigger(let name): (.trigger, name.rawValue)
        case .endorsement(let name, _): (invocation.isCalledByContract ? .call : .check, name.rawValue)
        }
    }
}

extension Duration {
    var microseconds: Int64 {
        let (high, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : high &+ components.attoseconds / 1_000_000_000_000
    }
}
