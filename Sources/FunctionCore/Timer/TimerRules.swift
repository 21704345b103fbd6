package import FunctionTypes

/// Which ticks of a timer are run when its owner looks.
package enum TimerRules {
    /// A tick that is looked at within this time of its moment was not missed.
    static let graceMilliseconds: Int64 = 10_000

    /// The ticks to run, oldest first.
    ///
    /// - Parameters:
    ///   - last: how far the timer has come; the moment it was made if it never ran.
    ///   - anchor: the moment it was made or last changed, from which `@every` counts.
    package static func ticksToRun(
        _ schedule: CronSchedule, misfire: TimerTriggerConfiguration.Misfire, after last: Timestamp, anchor: Timestamp,
        now: Timestamp
    ) -> [Timestamp] {
        let ticks = schedule.ticks(
            after: last, through: now, anchor: anchor, countMax: TimerTriggerConfiguration.missedTickCountMax)
        let firstOnTime = ticks.firstIndex { now.milliseconds - $0.milliseconds <= graceMilliseconds } ?? ticks.endIndex
        let onTime = ticks[firstOnTime...]
        let missed = ticks[..<firstOnTime]
        switch misfire {
        case .skip: return Array(onTime)
        case .once: return Array(missed.suffix(1) + onTime)
        case .all: return ticks
        }
    }

    /// The event of a tick.
    package static func event(_ tick: Timestamp, trigger: TriggerName, payload: String) -> JSONValue {
        ["triggerTime": .string(tick.iso8601), "triggerName": .string(trigger.rawValue), "payload": .string(payload)]
    }

    /// The id of a tick's invocation: the same however often the tick is looked at, so that it is accepted once.
    package static func invocationID(timerID: String, tick: Timestamp) -> InvocationID {
        InvocationID(unchecked: "timer-\(timerID)-\(tick.seconds)")
    }
}
