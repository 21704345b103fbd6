internal import LogCore
internal import Synchronization

/// What went wrong since the start; the oldest of more than a hundred are forgotten.
final class StoreProblems: Sendable {
    private static let countMax = 100
    private let problems = Mutex<[LogStoreProblem]>([])
    private let now: @Sendable () -> LogTime

    init(now: @escaping @Sendable () -> LogTime) {
        self.now = now
    }

    func add(_ message: String) {
        let problem = LogStoreProblem(time: now(), message: message)
        problems.withLock { problems in
            problems.append(problem)
            if problems.count > Self.countMax { problems.removeFirst() }
        }
    }

    var all: [LogStoreProblem] { problems.withLock { $0 } }
}
