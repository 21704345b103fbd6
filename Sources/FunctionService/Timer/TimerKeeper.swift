internal import FunctionCore
internal import FunctionTypes
internal import Logging
internal import Synchronization

/// Sets off timer triggers: each tick becomes one asynchronous invocation, stored in one step with how far the timer has come.
///
/// So a tick is neither lost nor doubled, whenever the node dies.
final class TimerKeeper: Sendable {
    private struct Timer {
        var target: FunctionTarget
        var trigger: TriggerRecord
        var timer: TimerTriggerConfiguration
        var schedule: CronSchedule
        var last: Timestamp
        var next: Timestamp?

        var anchor: Timestamp { trigger.stamp.modifiedAt }
    }

    private let registry: RegistryKeeper
    private let storage: AsyncStorage
    private let queue: AsyncQueue
    private let time: ServiceTime
    private let logger: Logger
    private let isStale = Mutex(true)

    init(registry: RegistryKeeper, storage: AsyncStorage, queue: AsyncQueue, time: ServiceTime, logger: Logger) {
        self.registry = registry
        self.storage = storage
        self.queue = queue
        self.time = time
        self.logger = logger
    }

    /// The registry changed: timers are read anew at the next look.
    func registryChanged() {
        isStale.withLock { $0 = true }
    }

    /// Looks every 200 ms, until cancelled.
    func run() async {
        var timers: [String: Timer] = [:]
        while !Task.isCancelled {
            do {
                if isStale.withLock({ isStale in
                    defer { isStale = false }
                    return isStale
                }) {
                    timers = try await load(timers)
                }
                let now = time.now()
                for (id, timer) in timers where timer.next.map({ $0 <= now }) ?? false {
                    timers[id] = try await fire(timer, now: now)
                }
            } catch {
                // The disk refused: everything is read again, and what was not stored is still due.
                logger.error("Timers cannot be run", metadata: ["error": "\(error)"])
                registryChanged()
            }
            do {
                try await time.sleep(.milliseconds(200))
            } catch {
                return
            }
        }
    }

    private func load(_ old: [String: Timer]) async throws -> [String: Timer] {
        let current = registry.read { $0.timers }
        var timers: [String: Timer] = [:]
        for (target, trigger, timer) in current {
            // It was checked when the trigger was made; zone data may have changed since.
            guard let schedule = try? CronSchedule(parsing: timer.cronExpression) else {
                logger.warning("A timer's expression is no longer valid", metadata: ["trigger.name": "\(trigger.name)"])
                continue
            }
            let id = trigger.stamp.id
            let stored = try await storage.read { try $0.lastTick(timerID: id) }
            let last = max(stored ?? trigger.stamp.modifiedAt, trigger.stamp.modifiedAt)
            timers[id] = Timer(
                target: target, trigger: trigger, timer: timer, schedule: schedule, last: last,
                next: schedule.next(after: last, anchor: trigger.stamp.modifiedAt))
        }
        let kept = Set(timers.keys)
        if !old.isEmpty, !Set(old.keys).isSubset(of: kept) {
            // A timer that is switched off and on again starts from there, so that its past may be forgotten.
            try await storage.read { try $0.removeTimers(except: kept) }
        }
        return timers
    }

    private func fire(_ timer: Timer, now: Timestamp) async throws -> Timer {
        var timer = timer
        let id = timer.trigger.stamp.id
        let ticks = TimerRules.ticksToRun(
            timer.schedule, misfire: timer.timer.misfire, after: timer.last, anchor: timer.anchor, now: now)
        for tick in ticks {
            let event = TimerRules.event(tick, trigger: timer.trigger.name, payload: timer.timer.payload)
            let invocation = AsyncInvocation(
                id: TimerRules.invocationID(timerID: id, tick: tick), requestID: RequestID.make(), target: timer.target,
                now: now, isStateful: false, trigger: timer.trigger.name)
            try await queue.enqueue(tick: tick, timerID: id, invocation, payload: event.jsonBytes)
        }
        timer.last = now
        timer.next = timer.schedule.next(after: now, anchor: timer.anchor)
        return timer
    }
}
