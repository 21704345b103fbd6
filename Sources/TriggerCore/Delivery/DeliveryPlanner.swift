/// Decides which events are delivered next, together with which others, and what follows from a failure.
///
/// Pure: time comes in as the time since some fixed moment. Events of one key are delivered in order, one delivery at a time;
/// a failing one holds up its key alone. A batch of several keys that fails is halved until one key is left: only then are
/// repeats counted.
package struct DeliveryPlanner: Sendable {
    package struct Settings: Sendable {
        package var isKeyed: Bool
        package var parallelMax: Int
        package var batch: BatchRule
        package var retry: RetryRule
        package var onFailure: LedgerTrigger.OnFailure
        package var bisects: Bool

        package init(_ trigger: LedgerTrigger) {
            isKeyed = trigger.isKeyed
            parallelMax = trigger.isKeyed ? trigger.parallelMax : 1
            batch = trigger.batch
            retry = trigger.retry
            onFailure = trigger.onFailure
            bisects = trigger.bisectsBatch
        }
    }

    package struct Item: Hashable, Sendable {
        package var point: LedgerPoint
        package var key: String
        package var byteCount: Int

        package init(point: LedgerPoint, key: String, byteCount: Int) {
            self.point = point
            self.key = key
            self.byteCount = byteCount
        }
    }

    package struct Batch: Hashable, Sendable {
        package let number: Int
        /// Of each key in order.
        package let items: [Item]
        /// Failures of its first event so far.
        package let failureCount: Int

        package init(number: Int, items: [Item], failureCount: Int) {
            self.number = number
            self.items = items
            self.failureCount = failureCount
        }
    }

    package enum Result: Hashable, Sendable {
        case handled
        /// The function handled all but these, and what follows them in their key.
        case partlyHandled(failed: Set<LedgerPoint>)
        /// The function failed; a final failure is not repeated.
        case failed(String, isFinal: Bool = false)
        /// It could not be run now; `after` is the least to wait.
        case unavailable(String, after: Duration? = nil)
        /// The receiver wants nothing any more.
        case gone(String)
    }

    package enum Action: Hashable, Sendable {
        case settle([Item])
        case deadLetter([Item], reason: String, failureCount: Int)
        /// Sets a key aside with what is waiting of it.
        case park(key: String, [Item], reason: String)
        /// The trigger stops before these events.
        case stop(reason: String)
    }

    private struct Lane {
        var items: ArraySlice<Waiting> = []
        var inFlightCount = 0
        var failureCount = 0
        var unavailableCount = 0
        var firstFailureAt: Duration?
        var notBefore: Duration = .zero
        /// Events of a delivery that this key takes part in, after failures.
        var companyMax = Int.max
    }

    private struct Waiting {
        var item: Item
        var arrival: Duration
    }

    package let settings: Settings
    private var lanes: [String: Lane] = [:]
    /// Keys that may be delivered, in the order in which they became so; a key stands there at most once.
    private var ready: [String] = []
    private var readyStart = 0
    /// Keys that wait for a repeat.
    private var delayed: Set<String> = []
    private var nextBatchNumber = 0
    private var inFlightCount = 0
    private var readyItemCount = 0
    package private(set) var waitingCount = 0
    package private(set) var waitingByteCount = 0
    package private(set) var isStopped = false

    package init(_ settings: Settings) {
        self.settings = settings
    }

    package var isIdle: Bool { inFlightCount == 0 }

    // MARK: - Events

    package mutating func add(_ item: Item, now: Duration) {
        let key = settings.isKeyed ? item.key : ""
        // In place: a copy of the lane would copy all that waits in it, for each event.
        let isNew = lanes[key] == nil
        lanes[key, default: Lane()].items.append(Waiting(item: item, arrival: now))
        let isReady = lanes[key]?.inFlightCount == 0 && !delayed.contains(key)
        waitingCount += 1
        waitingByteCount += item.byteCount
        if isReady {
            readyItemCount += 1
            if isNew { ready.append(key) }
        }
    }

    /// The next delivery, if there is one now. Call again until nil.
    package mutating func next(now: Duration) -> Batch? {
        guard !isStopped, inFlightCount < settings.parallelMax else { return nil }
        wake(now: now)
        guard readyStart < ready.count, isWindowOver(now: now) else { return nil }
        var items: [Item] = []
        var byteCount = 0
        var countMax = settings.batch.countMax
        var failureCount = 0
        var passedOver: [String] = []
        while readyStart < ready.count, items.count < countMax {
            let key = ready[readyStart]
            guard var lane = lanes[key] else {
                readyStart += 1
                continue
            }
            let laneMax = min(countMax, lane.companyMax)
            guard items.count < laneMax else {
                passedOver.append(key)
                readyStart += 1
                if passedOver.count > 100 { break }
                continue
            }
            let taken = take(from: lane, upTo: laneMax - items.count, &byteCount, isFirst: items.isEmpty)
            guard !taken.isEmpty else { break }
            if items.isEmpty { failureCount = lane.failureCount }
            countMax = laneMax
            items += taken
            readyItemCount -= lane.items.count
            lane.inFlightCount = taken.count
            lanes[key] = lane
            readyStart += 1
        }
        ready.replaceSubrange(0..<readyStart, with: passedOver)
        readyStart = 0
        guard !items.isEmpty else { return nil }
        inFlightCount += 1
        nextBatchNumber += 1
        return Batch(number: nextBatchNumber, items: items, failureCount: failureCount)
    }

    private func take(from lane: Lane, upTo countMax: Int, _ byteCount: inout Int, isFirst: Bool) -> [Item] {
        var items: [Item] = []
        for waiting in lane.items.prefix(countMax) {
            // One event alone always goes, however large.
            guard byteCount + waiting.item.byteCount <= BatchRule.byteCountMax || (isFirst && items.isEmpty) else {
                break
            }
            byteCount += waiting.item.byteCount
            items.append(waiting.item)
        }
        return items
    }

    private mutating func wake(now: Duration) {
        for key in delayed where (lanes[key]?.notBefore ?? .zero) <= now {
            delayed.remove(key)
            enqueue(key)
        }
    }

    private mutating func enqueue(_ key: String) {
        guard let lane = lanes[key], !lane.items.isEmpty else { return }
        ready.append(key)
        readyItemCount += lane.items.count
    }

    private func isWindowOver(now: Duration) -> Bool {
        guard settings.batch.window > .zero, readyItemCount < settings.batch.countMax else { return true }
        return ready[readyStart...].contains { key in
            guard let lane = lanes[key], let first = lane.items.first else { return false }
            return lane.failureCount > 0 || lane.unavailableCount > 0 || now - first.arrival >= settings.batch.window
        }
    }

    /// When ``next(now:)`` may have something that it has not now, without anything else happening.
    package var wakeAt: Duration? {
        guard !isStopped, inFlightCount < settings.parallelMax else { return nil }
        let repeats = delayed.compactMap { lanes[$0]?.notBefore }.min()
        var windowEnd: Duration?
        if settings.batch.window > .zero {
            windowEnd = ready[readyStart...].compactMap { lanes[$0]?.items.first?.arrival }.min()
                .map { $0 + settings.batch.window }
        }
        return [repeats, windowEnd].compactMap { $0 }.min()
    }

    // MARK: - Ends of deliveries

    /// - Parameter jitter: evenly distributed in 0..<1.
    package mutating func finished(_ batch: Batch, _ result: Result, now: Duration, jitter: Double) -> [Action] {
        inFlightCount -= 1
        let keys = Self.itemsByKey(batch.items, isKeyed: settings.isKeyed)
        for (key, _) in keys { lanes[key]?.inFlightCount = 0 }
        switch result {
        case .handled:
            for (key, items) in keys { remove(items, of: key, isProgress: true) }
            keys.forEach { release($0.0) }
            return [.settle(batch.items)]
        case .partlyHandled(let failed):
            return finish(keys, without: failed, now: now, jitter: jitter)
        case .failed(let reason, let isFinal):
            return fail(keys, batch, reason, isFinal: isFinal, now: now, jitter: jitter)
        case .unavailable(let reason, let after):
            return keys.flatMap { postpone($0.0, $0.1, reason, after: after, now: now, jitter: jitter) }
        case .gone(let reason):
            isStopped = true
            keys.forEach { release($0.0) }
            return [.stop(reason: reason)]
        }
    }

    private static func itemsByKey(_ items: [Item], isKeyed: Bool) -> [(String, [Item])] {
        guard isKeyed else { return [("", items)] }
        var keys: [(String, [Item])] = []
        for item in items {
            if keys.last?.0 == item.key {
                keys[keys.count - 1].1.append(item)
            } else {
                keys.append((item.key, [item]))
            }
        }
        return keys
    }

    private mutating func finish(
        _ keys: [(String, [Item])], without failed: Set<LedgerPoint>, now: Duration, jitter: Double
    ) -> [Action] {
        var actions: [Action] = []
        for (key, items) in keys {
            let handled = items.prefix { !failed.contains($0.point) }
            if !handled.isEmpty {
                remove(Array(handled), of: key, isProgress: true)
                actions.append(.settle(Array(handled)))
            }
            guard handled.count < items.count else {
                release(key)
                continue
            }
            actions += countFailure(
                of: key, Array(items[handled.count...].prefix(1)), "The function reported the event as failed.",
                isFinal: false, now: now, jitter: jitter)
        }
        return actions
    }

    private mutating func fail(
        _ keys: [(String, [Item])], _ batch: Batch, _ reason: String, isFinal: Bool, now: Duration, jitter: Double
    ) -> [Action] {
        if batch.items.count > 1, keys.count > 1 || settings.bisects {
            for (key, _) in keys {
                lanes[key]?.companyMax = max(1, batch.items.count / 2)
                release(key)
            }
            return []
        }
        guard let (key, items) = keys.first else { return [] }
        return countFailure(of: key, items, reason, isFinal: isFinal, now: now, jitter: jitter)
    }

    /// - Parameter items: the first of the key, which the failure is about.
    private mutating func countFailure(
        of key: String, _ items: [Item], _ reason: String, isFinal: Bool, now: Duration, jitter: Double
    ) -> [Action] {
        guard var lane = lanes[key] else { return [] }
        lane.failureCount += 1
        let since = lane.firstFailureAt ?? now
        lane.firstFailureAt = since
        let wait = settings.retry.wait(failureCount: lane.failureCount, jitter: jitter)
        lane.notBefore = now + wait
        lanes[key] = lane
        let isTooOften = settings.retry.countMax.map { lane.failureCount > $0 } ?? false
        let isTooOld = settings.retry.ageMax.map { now + wait - since > $0 } ?? false
        guard isFinal || isTooOften || isTooOld else {
            delayed.insert(key)
            return []
        }
        return giveUp(items, of: key, reason)
    }

    private mutating func giveUp(_ items: [Item], of key: String, _ reason: String) -> [Action] {
        guard let lane = lanes[key] else { return [] }
        switch settings.onFailure {
        case .deadLetter:
            remove(items, of: key, isProgress: true)
            release(key)
            return [.deadLetter(items, reason: reason, failureCount: lane.failureCount)]
        case .parkKey:
            let all = lane.items.map(\.item)
            remove(all, of: key, isProgress: true)
            return [.park(key: key, all, reason: reason)]
        case .park:
            isStopped = true
            release(key)
            return [.stop(reason: reason)]
        }
    }

    /// Waiting for a function that cannot be run is bounded by age alone.
    private mutating func postpone(
        _ key: String, _ items: [Item], _ reason: String, after: Duration?, now: Duration, jitter: Double
    ) -> [Action] {
        guard var lane = lanes[key] else { return [] }
        lane.unavailableCount += 1
        let since = lane.firstFailureAt ?? now
        lane.firstFailureAt = since
        let wait = max(settings.retry.wait(failureCount: lane.unavailableCount, jitter: jitter), after ?? .zero)
        lane.notBefore = now + wait
        lanes[key] = lane
        if let ageMax = settings.retry.ageMax, now + wait - since > ageMax { return giveUp(items, of: key, reason) }
        delayed.insert(key)
        return []
    }

    private mutating func remove(_ items: [Item], of key: String, isProgress: Bool) {
        guard let count = lanes[key]?.items.count else { return }
        lanes[key]?.items.removeFirst(min(items.count, count))
        waitingCount -= items.count
        waitingByteCount -= items.reduce(0) { $0 + $1.byteCount }
        if isProgress {
            lanes[key]?.failureCount = 0
            lanes[key]?.unavailableCount = 0
            lanes[key]?.firstFailureAt = nil
            lanes[key]?.companyMax = .max
        }
        if count <= items.count { lanes[key] = nil }
    }

    private mutating func release(_ key: String) {
        guard !delayed.contains(key) else { return }
        enqueue(key)
    }
}
