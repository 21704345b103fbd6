internal import FabricTypes
internal import FunctionTypes
internal import Logging
internal import Synchronization
internal import TriggerCore

/// One position on its way through a ledger: read, filter, batch, deliver, save.
///
/// Commits only wake it; nothing that it does holds a commit up. What it has not saved is delivered again after a crash.
final class TriggerRun: Sendable {
    enum Signal: Sendable {
        case delivered(Delivery)
        case saved(TriggerProgress, forgotten: [AnswerKey], (any Error)?)
        case unparked(LedgerPoint, Delivery)
        /// Everything of a parked key up to an event was handled.
        case drained(key: String, through: LedgerPoint)
        case drainFailed(key: String, reason: String)
    }

    /// Bytes of events that wait for their delivery; reading waits beyond.
    static let waitingByteCountMax = 32 << 20
    /// Blocks read before it looks at what else has happened.
    static let blockCountPerTurn = 32
    /// A position that moved over nothing but filtered events is saved this often.
    static let quietSaveInterval = Duration.seconds(1)

    let entry: TriggerEntry
    let replay: ReplayRecord?
    let name: PositionName
    let ledger: any LedgerReading
    let maker: EventMaker
    let carrier: DeliveryCarrier
    let saver: TriggerSaver
    let time: TriggerTime
    let logger: Logger
    let inbox = RunInbox<Signal>()
    private let status: Mutex<TriggerStatus>
    private let replayResult: Mutex<ReplayRecord?>
    private let stopping: StopFlag
    private let problem: SettlingProblem
    private let releases = Mutex<[String]>([])

    init(
        entry: TriggerEntry, replay: ReplayRecord? = nil, network: String, ledger: any LedgerReading,
        places: DeliveryPlaces, saver: TriggerSaver, time: TriggerTime, logger: Logger
    ) {
        self.entry = entry
        self.replay = replay
        self.ledger = ledger
        self.saver = saver
        self.time = time
        name = replay?.positionName ?? entry.positionName
        maker = EventMaker(network: network, trigger: entry.trigger, organization: entry.target.id.organization)
        let flag = StopFlag()
        stopping = flag
        let problem = SettlingProblem()
        self.problem = problem
        carrier = DeliveryCarrier(
            entry: entry, replay: replay, places: places, time: time, problem: problem,
            isStopping: { flag.isRaised })
        var logger = logger
        logger[metadataKey: "trigger.name"] = "\(entry.name)"
        logger[metadataKey: "channel.id"] = "\(entry.trigger.channel)"
        self.logger = logger
        status = Mutex(TriggerStatus(condition: .running))
        replayResult = Mutex(replay)
    }

    var currentStatus: TriggerStatus {
        var current = status.withLock { $0 }
        current.ledgerHeight = ledger.height
        if let reason = problem.text { current.lastError = reason }
        return current
    }

    /// The replay with its counts so far.
    var currentReplay: ReplayRecord? { replayResult.withLock { $0 } }

    func note(_ change: (inout TriggerStatus) -> Void) { status.withLock { change(&$0) } }

    func count(_ change: (inout ReplayRecord) -> Void) {
        replayResult.withLock { replay in
            guard var record = replay else { return }
            change(&record)
            replay = record
        }
    }

    /// Lets deliveries under way end, saves, and ends.
    func stop() {
        stopping.raise()
        inbox.wake()
    }

    var isStopping: Bool { stopping.isRaised || Task.isCancelled }

    /// Delivers a parked key's events; when they are all handled, the key is followed again.
    func release(key: String) {
        releases.withLock { $0.append(key) }
        inbox.wake()
    }

    func takeReleases() -> [String] {
        releases.withLock { keys in
            defer { keys = [] }
            return keys
        }
    }

    /// Returns after ``stop()``, when cancelled, when the trigger stopped by itself, or at the end of a replay.
    func run() async {
        var failureCount = 0
        while !isStopping {
            do {
                var turn = try await RunState(opening: self)
                await turn.run()
                return
            } catch {
                failureCount += 1
                note { $0.lastError = "\(error)" }
                logger.error("A trigger cannot be started", metadata: ["error": "\(error)"])
                do {
                    try await time.sleep(RetryRule().wait(failureCount: failureCount, jitter: time.jitter()))
                } catch {
                    return
                }
            }
        }
    }
}

/// Raised once, seen by everybody.
private final class StopFlag: Sendable {
    private let flag = Atomic(false)

    var isRaised: Bool { flag.load(ordering: .acquiring) }

    func raise() {
        flag.store(true, ordering: .releasing)
    }
}
