package import LogCore
package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Projects, logstores, their entries, queries, live tails and alarms.
///
/// Call ``start()`` once, then run it as a service; functions may write from the moment `start` returns. All methods may be
/// called concurrently.
package final class LogKeeper: Service {
    struct Logstore: Sendable {
        var definition: LogstoreDefinition
        var index: LogIndex
        /// Where the next write without a key goes.
        var nextShard = 0
    }

    struct Definitions {
        var projects: [ProjectName: ProjectDefinition] = [:]
        var logstores: [LogstoreID: Logstore] = [:]
        var lastNumber: Int64 = 0
        var groups: [LogRecord.Key: ConsumerGroup] = [:]
        var alarms: [LogRecord.Key: Alarm] = [:]
    }

    let store: any LogStore
    let configuration: LogServiceConfiguration
    let now: @Sendable () -> LogTime
    let logger: Logger
    let functions = Mutex<(any AlarmFunctions)?>(nil)

    let definitions = Mutex(Definitions())
    /// Changes of definitions happen one after the other: check, save, then show.
    let changes = TurnTaking()
    let ingest: IngestBuffers
    let signals: WriteSignals
    let receipts: Mutex<WriteReceipts>
    let counters = LogCounters()

    /// - Parameters:
    ///   - now: The wall clock.
    ///   - logger: For what the service itself has to say; must not lead back into the service.
    package init(
        store: any LogStore, configuration: LogServiceConfiguration = LogServiceConfiguration(), logger: Logger,
        now: @escaping @Sendable () -> LogTime
    ) {
        self.store = store
        self.configuration = configuration
        self.logger = logger
        self.now = now
        ingest = IngestBuffers(
            byteCountMax: configuration.waitingByteCountMax, byteCountTotalMax: configuration.waitingByteCountTotalMax)
        signals = WriteSignals(countMax: configuration.tailCountMax)
        receipts = Mutex(WriteReceipts(at: now()))
    }

    /// Tells how alarms call functions. Functions write their lines here, so they come after the service; until this is
    /// called, and on a node without functions, such a notice waits and is tried again.
    package func callFunctions(through functions: any AlarmFunctions) {
        self.functions.withLock { $0 = functions }
    }

    /// Reads the definitions and the receipts of the last minutes.
    ///
    /// - Throws: ``LogStoreError``, or a decoding error when a definition cannot be read.
    package func start() async throws {
        let loaded = try await store.loadDefinitions()
        var found = Definitions()
        for project in loaded.projects { found.projects[project.name] = project }
        for logstore in loaded.logstores {
            found.logstores[logstore.id] = Logstore(definition: logstore, index: try Self.index(of: logstore))
            found.lastNumber = max(found.lastNumber, logstore.number)
        }
        for record in loaded.records {
            switch record.key.kind {
            case RecordKind.consumerGroup: found.groups[record.key] = try Self.group(record)
            case RecordKind.alarm: found.alarms[record.key] = try Alarm(record)
            default: logger.warning("Unknown log record", metadata: ["record.kind": "\(record.key.kind)"])
            }
        }
        let time = now()
        let age = WriteReceipts.lifetime.components.seconds
        let lost = try await store.receipts(since: LogTime(seconds: time.seconds - age))
        receipts.withLock { $0 = WriteReceipts(lost: lost, at: time) }
        definitions.withLock { $0 = found }
        logger.debug(
            "Log service started",
            metadata: ["projects.count": "\(loaded.projects.count)", "logstores.count": "\(loaded.logstores.count)"])
    }

    /// Writes what functions said, deletes what expired, and asks the alarms' queries, until it is told to stop.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.runIngest() }
            group.addTask { await self.runSync() }
            group.addTask { await self.runExpiry() }
            group.addTask { await self.runAlarms() }
        }
        await flush()
    }

    /// Writes and syncs what waits. Also called at the end of ``run()``.
    package func flush() async {
        await writeWaiting()
        do {
            try await store.sync()
        } catch {
            logger.error("Syncing logs failed", metadata: ["error": "\(error)"])
        }
    }

    /// What needs a person, whole sentences: damaged files, lines that were dropped lately.
    package func problems() async -> [String] {
        await store.problems().map { "\(CalendarTime.format($0.time)): \($0.message)" }
    }
}

/// Kinds of ``LogRecord``.
enum RecordKind {
    static let alarm = "alarm"
    static let consumerGroup = "consumerGroup"
}
