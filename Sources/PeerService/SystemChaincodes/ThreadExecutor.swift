internal import Dispatch
internal import Synchronization

/// Runs asynchronous code to its end on the thread that asks for it.
///
/// A thread for blocking work may wait; the cooperative threads may not be made to. So what a system chaincode does between
/// its awaits runs here, on the thread that waits for its answer, and needs no other one.
final class ThreadExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isFinished = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    private init() {}

    static func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let executor = ThreadExecutor()
        let result = ResultBox<Value>()
        // This thread waits for the task, below.
        Task(executorPreference: executor) {
            result.value = await body()
            executor.finish()
        }
        while let job = executor.next() { job.runSynchronously(on: executor.asUnownedTaskExecutor()) }
        guard let value = result.value else { preconditionFailure("the code has run to its end") }
        return value
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        wakeUp.signal()
    }

    private func finish() {
        state.withLock { $0.isFinished = true }
        wakeUp.signal()
    }

    /// The next piece of work, nil when the code has ended.
    private func next() -> UnownedJob? {
        while true {
            wakeUp.wait()
            let (job, isFinished) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isFinished)
            }
            if let job { return job }
            if isFinished { return nil }
        }
    }
}

private final class ResultBox<Value: Sendable>: Sendable {
    private let stored = Mutex<Value?>(nil)

    var value: Value? {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
