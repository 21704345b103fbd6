/// Where an alarm stands. Pure: its owner tells it what the query answered and delivers the notices that are pending.
///
/// Times are Unix seconds.
package struct AlarmState: Hashable, Sendable, Codable {
    package enum Phase: Hashable, Sendable, Codable {
        case quiet
        /// The condition held this many times in a row, not often enough yet.
        case pending(count: Int)
        case firing(since: Int64, notifiedAt: Int64)
    }

    /// What an evaluation came to.
    package enum Evaluation: Hashable, Sendable {
        /// The condition holds; the row for which it does.
        case holds([String: String])
        case doesNotHold
        /// The query could not be answered.
        case failed(String)
    }

    /// Something to tell the target.
    package struct Notice: Hashable, Sendable, Codable {
        package enum Kind: String, Hashable, Sendable, Codable {
            case firing
            case stillFiring
            case resolved
        }

        package var kind: Kind
        package var time: Int64
        package var since: Int64
        package var row: [String: String]
    }

    /// A notice that has not reached its target yet.
    package struct Pending: Hashable, Sendable, Codable {
        package var notice: Notice
        package var attemptCount: Int
        /// Not before; nil before the first attempt.
        package var nextAttempt: Int64?
    }

    package struct HistoryEntry: Hashable, Sendable, Codable {
        package var time: Int64
        /// `firing`, `stillFiring`, `resolved`, `failed`, `silenced`, `delivered`, `notDelivered`, `givenUp`.
        package var event: String
        package var detail: String
    }

    package static let historyCountMax = 100
    /// Notices that wait for their target; the oldest of more are given up.
    package static let pendingCountMax = 10
    /// Tries to deliver one notice.
    package static let attemptCountMax = 10
    /// Between two of them, in seconds: 2 after the first, then twice as long each time. All take 17 minutes.
    private static let waitMax: Int64 = 600
    private static let detailByteCountMax = 500

    package private(set) var phase = Phase.quiet
    package private(set) var silencedUntil: Int64?
    package private(set) var nextEvaluation: Int64 = 0
    package private(set) var lastEvaluation: Int64?
    /// Newest last.
    package private(set) var history: [HistoryEntry] = []
    /// Oldest first. Kept with the state, so that a crash between firing and telling loses nothing.
    package private(set) var pending: [Pending] = []

    package init() {}

    package func isDue(at now: Int64) -> Bool {
        now >= nextEvaluation
    }

    /// The notice to deliver now; later ones wait for it.
    package func deliverable(at now: Int64) -> Notice? {
        guard let first = pending.first, now >= first.nextAttempt ?? now else { return nil }
        return first.notice
    }

    /// Sets the next evaluation before the current one begins, so that a slow query is not asked twice.
    package mutating func begin(_ rule: AlarmRule, at now: Int64) {
        nextEvaluation = (now / rule.intervalSeconds + 1) * rule.intervalSeconds
        lastEvaluation = now
    }

    /// Takes in an evaluation. A notice that follows from it is added to ``pending``.
    package mutating func evaluated(_ rule: AlarmRule, _ evaluation: Evaluation, at now: Int64) {
        guard let notice = notice(rule, evaluation, at: now) else { return }
        pending.append(Pending(notice: notice, attemptCount: 0))
        if pending.count > Self.pendingCountMax { giveUp(pending.removeFirst().notice, at: now) }
    }

    private mutating func notice(_ rule: AlarmRule, _ evaluation: Evaluation, at now: Int64) -> Notice? {
        switch evaluation {
        case .failed(let message):
            // Neither fires nor resolves: what is not known changes nothing.
            record("failed", message, at: now)
            return nil
        case .doesNotHold:
            defer { phase = .quiet }
            guard case .firing(let since, _) = phase else { return nil }
            return notice(.resolved, since: since, row: [:], at: now)
        case .holds(let row):
            if case .firing(let since, let notifiedAt) = phase {
                guard rule.repeatSeconds > 0, now - notifiedAt >= rule.repeatSeconds else { return nil }
                phase = .firing(since: since, notifiedAt: now)
                return notice(.stillFiring, since: since, row: row, at: now)
            }
            var count = 1
            if case .pending(let before) = phase { count += before }
            guard count >= rule.consecutiveCount else {
                phase = .pending(count: count)
                return nil
            }
            phase = .firing(since: now, notifiedAt: now)
            return notice(.firing, since: now, row: row, at: now)
        }
    }

    /// Keeps notices back until then; nil ends it.
    package mutating func silence(until: Int64?, at now: Int64) {
        silencedUntil = until
        record("silenced", until.map { "until \(CalendarTime.format(LogTime(seconds: $0)))" } ?? "ended", at: now)
    }

    /// An attempt to deliver the oldest pending notice ended.
    ///
    /// - Parameter failure: Why it did not reach its target; nil if it did.
    package mutating func attempted(_ notice: Notice, failure: String?, at now: Int64) {
        guard let index = pending.firstIndex(where: { $0.notice == notice }) else { return }
        guard let failure else {
            pending.remove(at: index)
            return record("delivered", notice.kind.rawValue, at: now)
        }
        pending[index].attemptCount += 1
        pending[index].nextAttempt = now + min(Self.waitMax, 1 << pending[index].attemptCount)
        if pending[index].attemptCount == 1 { record("notDelivered", failure, at: now) }
        if pending[index].attemptCount >= Self.attemptCountMax { giveUp(pending.remove(at: index).notice, at: now) }
    }

    private mutating func giveUp(_ notice: Notice, at now: Int64) {
        record("givenUp", notice.kind.rawValue, at: now)
    }

    /// The rule was changed: begin anew, keeping history and silence.
    package mutating func restart() {
        phase = .quiet
        nextEvaluation = 0
    }

    private mutating func notice(_ kind: Notice.Kind, since: Int64, row: [String: String], at now: Int64) -> Notice? {
        let isSilent = silencedUntil.map { now < $0 } ?? false
        let shown = row.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        record(kind.rawValue, isSilent ? "\(shown) (silenced)" : shown, at: now)
        return isSilent ? nil : Notice(kind: kind, time: now, since: since, row: row)
    }

    private mutating func record(_ event: String, _ detail: String, at now: Int64) {
        let cut =
            detail.utf8.count <= Self.detailByteCountMax
            ? detail : String(detail.prefix(Self.detailByteCountMax / 4)) + "…"
        history.append(HistoryEntry(time: now, event: event, detail: cut))
        if history.count > Self.historyCountMax { history.removeFirst(history.count - Self.historyCountMax) }
    }
}
