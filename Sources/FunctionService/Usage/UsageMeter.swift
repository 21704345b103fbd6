internal import FunctionCore
internal import FunctionTypes
internal import Logging
internal import Synchronization

/// Adds up what functions use, and stores it every few seconds. A crash loses the last of them.
final class UsageMeter: Sendable {
    private let store: any UsageStore
    private let queue = BlockingQueue(label: "duet.functions.usage")
    private let time: ServiceTime
    private let logger: Logger
    let coldStarts = ColdStartMeter()
    private let pending = Mutex<[UsageRecord.Key: UsageRecord]>([:])

    init(store: any UsageStore, time: ServiceTime, logger: Logger) {
        self.store = store
        self.time = time
        self.logger = logger
    }

    func add(_ report: InvocationReport, _ invocation: Invocation, memoryMegabytes: Int) {
        coldStarts.add(report.measurement)
        let key = UsageRecord.Key(function: invocation.target.id, at: time.now())
        var record = UsageRecord(key: key)
        record.invocationCount = 1
        record.errorCount = report.outcome.failure == nil ? 0 : 1
        record.coldStartCount = report.measurement.coldStart == nil ? 0 : 1
        // Begun milliseconds count whole, so that short calls are not free.
        record.megabyteMilliseconds = Int64(memoryMegabytes) * (report.measurement.duration.milliseconds + 1)
        record.byteCountIn = Int64(invocation.payload.byteCount)
        record.byteCountOut = Int64(report.outcome.byteCount)
        pending.withLock { $0[key, default: UsageRecord(key: key)].add(record) }
    }

    /// Stores every five seconds until cancelled.
    func run() async {
        while true {
            do {
                try await time.sleep(.seconds(5))
            } catch {
                return
            }
            await flush()
        }
    }

    func flush() async {
        let records = pending.withLock { pending in
            defer { pending = [:] }
            return Array(pending.values)
        }
        guard !records.isEmpty else { return }
        let store = store
        do {
            try await queue.run { try store.add(records) }
        } catch {
            logger.error("Usage cannot be stored", metadata: ["error": "\(error)"])
            pending.withLock { pending in
                for record in records { pending[record.key, default: UsageRecord(key: record.key)].add(record) }
            }
        }
    }

    func usage(of organization: OrganizationName?, month: String?) async throws -> [UsageRecord] {
        await flush()
        let store = store
        return try await queue.run { try store.usage(of: organization, month: month) }
    }
}

extension InvocationOutcome {
    var byteCount: Int {
        switch self {
        case .event(let bytes): bytes.count
        case .http(let answer): answer.body.count
        case .failure: 0
        }
    }
}
