internal import FabricTypes
internal import FunctionTypes
internal import Logging
internal import TriggerCore

/// The state of a run, owned by its one task.
struct RunState {
    let run: TriggerRun
    var tracker: PositionTracker
    var planner: DeliveryPlanner
    /// Read and not settled.
    var events: [LedgerPoint: LedgerEvent] = [:]
    /// Keys that are set aside, each with its last event, stored or about to be.
    var parked: [String: LedgerPoint]
    /// To be looked at again once what is parked now is stored.
    var drainsLeft: Set<String> = []
    var drainsRunning: Set<String> = []
    /// What the next save brings along, besides the position.
    var next: TriggerProgress
    /// Answers whose events the next save puts behind the position.
    var answered: [AnswerKey] = []
    var isSaving = false
    var saveFailureCount = 0
    var saveNotBefore: Duration = .zero
    var savedWatermark: LedgerPoint
    var savedAt: Duration
    var deliveryCount = 0
    var stopReason: String?
    /// A position can only be checked against a ledger that reaches it.
    var isChecked = false
    var readFailureCount = 0
    var readNotBefore: Duration = .zero
    var timerAt: Duration?

    /// Reads where the run stands, and settles what was answered before a crash.
    init(opening run: TriggerRun) async throws {
        self.run = run
        let name = run.name
        let stored = try await run.saver.perform { try $0.position(name) }
        let keys = try await run.saver.perform { try $0.parkedKeys(name) }
        parked = Dictionary(keys.map { ($0.key, $0.last) }, uniquingKeysWith: max)
        let position: StoredPosition
        if let stored {
            position = stored
        } else {
            position = try await Self.start(of: run)
        }
        tracker = PositionTracker(
            watermark: position.watermark, settled: position.settled, hashBefore: position.hashBefore)
        var settings = DeliveryPlanner.Settings(run.entry.trigger)
        // A replay tells what failed and goes on.
        if run.replay != nil { settings.onFailure = .deadLetter }
        planner = DeliveryPlanner(settings)
        next = TriggerProgress(name: name, watermark: position.watermark, hashBefore: position.hashBefore)
        savedWatermark = position.watermark
        savedAt = run.time.uptime()
        stopReason = position.stop
        run.note { $0.watermark = position.watermark }
        if stored == nil { try await run.saver.save(next) }
        try await settleAnswers(position)
    }

    private static func start(of run: TriggerRun) async throws -> StoredPosition {
        let block: UInt64
        if let replay = run.replay {
            block = replay.first
        } else {
            switch run.entry.trigger.start {
            case .earliest: block = 0
            case .latest: block = run.ledger.height
            case .block(let number): block = number
            }
        }
        return StoredPosition(
            watermark: LedgerPoint(block: block), hashBefore: try await run.hash(before: block) ?? [])
    }

    /// Batches may be cut otherwise than before: what was answered then is settled first, as it was given.
    private mutating func settleAnswers(_ position: StoredPosition) async throws {
        let answers = run.carrier.places.answers
        guard run.replay?.isDryRun != true, run.entry.trigger.sink == nil else { return }
        for answer in try await answers.unforgotten(triggerID: run.entry.id, replayID: run.replay?.id ?? "") {
            guard let origin = answer.events.first, origin.channel == run.entry.trigger.channel else { continue }
            guard case .committed(let transactionIDs) = try await answers.settle(answer) else { continue }
            let prefix = "\(run.entry.trigger.channel)/"
            let points = answer.key.eventIDs.compactMap { id in
                id.hasPrefix(prefix) ? LedgerPoint(String(id.dropFirst(prefix.count))) : nil
            }
            let open = points.filter { $0 >= position.watermark }
            tracker.settle(open)
            next.settled += open
            next.unparked += points
            next.outcomes += try await outcomes(of: answer, points, transactionIDs)
            answered.append(answer.key)
        }
        guard !answered.isEmpty else { return }
        let keys = answered
        try await run.saver.save(next)
        for key in keys { try await answers.forget(key) }
        let name = run.name
        let parkedKeys = try await run.saver.perform { try $0.parkedKeys(name) }
        parked = Dictionary(parkedKeys.map { ($0.key, $0.last) }, uniquingKeysWith: max)
        answered = []
        next = TriggerProgress(name: name, watermark: next.watermark, hashBefore: next.hashBefore)
    }

    /// Of events that were answered before a crash, or whose answer was given up.
    private func outcomes(
        of answer: HandlerAnswer, _ points: [LedgerPoint], _ transactionIDs: [String]
    ) async throws -> [EventOutcome] {
        let name = run.name
        let missing = try await run.saver.perform { store in
            // The crash may have come between saving and forgetting.
            try points.filter { try store.outcome(name, at: $0) == nil }
        }
        let now = run.time.now()
        return missing.map { point in
            EventOutcome(
                point: point, status: .handled, requestID: answer.requestID, attemptCount: 1, batchCount: points.count,
                responseDigest: answer.responseDigest, endedAt: now, transactionIDs: transactionIDs)
        }
    }

    /// Ends as ``TriggerRun/run()`` says.
    mutating func run() async {
        if let stopReason {
            run.note { $0.condition = .stopped(stopReason) }
            return
        }
        let run = run
        await withDiscardingTaskGroup { group in
            group.addTask { await run.watchHeight() }
            var wakeups = run.inbox.wakeups.makeAsyncIterator()
            while true {
                await turn(&group)
                if isDone { break }
                guard await wakeups.next() != nil else { break }  // cancelled
            }
            group.cancelAll()
        }
        if run.replay != nil { await finishReplay() }
    }

    private mutating func turn(_ group: inout DiscardingTaskGroup) async {
        let now = run.time.uptime()
        if let timerAt, timerAt <= now { self.timerAt = nil }
        for signal in run.inbox.takeAll() { handle(signal) }
        for key in run.takeReleases() { startDrain(of: key, &group) }
        if !isEnding, readNotBefore <= now { await read() }
        if !isEnding { dispatch(&group) }
        save(&group)
        setTimer(&group)
        updateStatus()
    }

    /// Nothing new is begun.
    var isEnding: Bool { run.isStopping || stopReason != nil }

    private var isDone: Bool {
        guard deliveryCount == 0, drainsRunning.isEmpty, !isSaving else { return false }
        // A disk that takes nothing must not keep the node from stopping: what is not saved is delivered again.
        if isEnding { return !hasUnsaved || (run.isStopping && saveFailureCount > 0) }
        return isReplayDone && !hasUnsaved
    }

    var isReplayDone: Bool {
        guard let replay = run.replay else { return false }
        return tracker.readPoint.block > replay.last && planner.waitingCount == 0
    }

    // MARK: - Reading

    private mutating func read() async {
        do {
            guard try await isPositionRight() else { return }
            for _ in 0..<TriggerRun.blockCountPerTurn {
                guard hasRoom, hasMore, !isEnding else { return }
                try await readBlock()
            }
            if hasMore { run.inbox.wake() }
            readFailureCount = 0
        } catch {
            readFailureCount += 1
            readNotBefore =
                run.time.uptime() + RetryRule().wait(failureCount: readFailureCount, jitter: run.time.jitter())
            run.note { $0.lastError = "\(error)" }
            run.logger.warning("A trigger cannot read its ledger", metadata: ["error": "\(error)"])
        }
    }

    private var hasRoom: Bool {
        !tracker.isFull && planner.waitingByteCount < TriggerRun.waitingByteCountMax
    }

    private var hasMore: Bool {
        let number = tracker.readPoint.block
        return number < run.ledger.height && run.replay.map { number <= $0.last } ?? true
    }

    /// Compares the position with the ledger once the ledger reaches it.
    private mutating func isPositionRight() async throws -> Bool {
        if isChecked { return true }
        let block = tracker.readPoint.block
        guard run.ledger.height >= block else { return false }
        isChecked = true
        let known = tracker.hashBefore
        guard block > 0, !known.isEmpty, let actual = try await run.hash(before: block), actual != known else {
            return true
        }
        stop(
            "Block \(block - 1) of channel \"\(run.entry.trigger.channel)\" is not the one that the position was saved behind: "
                + "this is another ledger. Restore the ledger that belongs to the data folder, or move the trigger with "
                + "`duet trigger seek`.")
        return false
    }

    private mutating func readBlock() async throws {
        let start = tracker.readPoint
        guard let bytes = try await run.ledger.block(start.block) else {
            stop(
                "Block \(start.block) is not held by this node, whose ledger began later. Move the trigger with "
                    + "`duet trigger seek`.")
            return
        }
        let block = try LedgerBlock(decoding: bytes, isCommitted: run.ledger.isCommitted)
        let now = run.time.uptime()
        let found = run.maker.events(in: block, from: start)
        let before = block.header.previousHash.array
        for event in found where tracker.add(event.point, hashBefore: before) {
            if run.entry.trigger.isKeyed, parked[event.key] != nil {
                park([event.point], key: event.key, reason: nil)
            } else {
                events[event.point] = event
                planner.add(
                    DeliveryPlanner.Item(point: event.point, key: event.key, byteCount: event.byteCount), now: now)
            }
        }
        tracker.read(through: LedgerPoint(block: block.number &+ 1), hashBefore: block.hash)
        let passedOver = max(0, block.transactions.count - found.count)
        if passedOver > 0 { run.note { $0.passedOverCount += passedOver } }
    }

    mutating func park(_ points: [LedgerPoint], key: String, reason: String?) {
        for (index, point) in points.enumerated() {
            next.parked.append(ParkedEvent(point: point, key: key, reason: index == 0 ? reason : nil))
            events[point] = nil
            parked[key] = max(parked[key] ?? point, point)
        }
        settle(points)
    }

    mutating func settle(_ points: [LedgerPoint]) {
        tracker.settle(points)
        next.settled += points
    }

    mutating func stop(_ reason: String) {
        stopReason = reason
        next.stop = .stopped(reason)
        run.logger.warning("Trigger stopped", metadata: ["reason": "\(reason)"])
    }

    // MARK: - Delivering

    /// Outcomes that wait to be saved; nothing more is delivered beyond.
    private static let unsavedCountMax = 20_000

    private mutating func dispatch(_ group: inout DiscardingTaskGroup) {
        let now = run.time.uptime()
        while next.outcomes.count < Self.unsavedCountMax, let batch = planner.next(now: now) {
            let delivered = batch.items.compactMap { events[$0.point] }
            precondition(delivered.count == batch.items.count, "an event is kept until it is settled")
            deliveryCount += 1
            let run = run
            group.addTask {
                var delivery = await run.carrier.deliver(batch, delivered)
                await run.compare(&delivery)
                run.inbox.send(.delivered(delivery))
            }
        }
    }

    // MARK: - Waking

    private mutating func setTimer(_ group: inout DiscardingTaskGroup) {
        let now = run.time.uptime()
        var moments: [Duration] = []
        if !isEnding, let wakeAt = planner.wakeAt { moments.append(wakeAt) }
        if !isSaving, hasUnsaved { moments.append(max(saveNotBefore, savedAt + TriggerRun.quietSaveInterval)) }
        if readNotBefore > now { moments.append(readNotBefore) }
        guard let moment = moments.min(), timerAt.map({ moment < $0 }) ?? true else { return }
        timerAt = moment
        let run = run
        group.addTask {
            do {
                try await run.time.sleep(max(moment - now, .milliseconds(1)))
                run.inbox.wake()
            } catch {
                // The run has ended.
            }
        }
    }

    private func updateStatus() {
        let watermark = tracker.watermark
        let height = run.ledger.height
        let condition: TriggerCondition
        if let stopReason {
            condition = .stopped(stopReason)
        } else if watermark.block > height {
            condition = .waiting(
                "The position is block \(watermark.block), and the ledger has \(height) blocks.")
        } else if planner.waitingCount == 0, !hasMore {
            condition = .caughtUp
        } else {
            condition = .running
        }
        let waitingCount = planner.waitingCount
        let oldest = events[watermark]?.occurredAt
        run.note { status in
            status.condition = condition
            status.watermark = watermark
            status.waitingCount = waitingCount
            status.oldestWaiting = oldest
        }
    }
}
