internal import Foundation
internal import Synchronization

/// Moves the write-ahead log into the database beside the writer, on a thread of its own.
///
/// While readers hold old states only a part can be moved. When the log has grown beyond its bound, snapshots older than
/// allowed are taken back, new ones wait for a moment so that the others can end, and the log is emptied; commits and new
/// snapshots wait for this no longer than ``SnapshotPool/pauseMax`` and the time-out below.
final class Checkpointer: Sendable {
    /// How long one attempt to empty the log waits for readers. The writer may wait as long.
    private static let truncateWaitMilliseconds: Int32 = 50

    /// How often emptying is tried while readers keep the log in use.
    fileprivate static let attemptInterval = Duration.milliseconds(500)

    private struct State {
        var isRequested = false
        var isStopping = false
        var hasStopped = false
        /// The last failure, told to the next commit.
        var failure: StorageError?
    }

    private let options: LedgerOptions
    private let pool: SnapshotPool
    private let path: String
    // NSCondition is its own lock; it guards `state` together with it, and the mutex makes that visible to the compiler.
    private let condition = NSCondition()
    private let state = Mutex(State())

    init(path: String, pool: SnapshotPool, options: LedgerOptions) {
        self.path = path
        self.pool = pool
        self.options = options
    }

    func start() throws {
        let connection = try SQLiteConnection(path: path, access: .readWrite)
        try connection.execute("PRAGMA wal_autocheckpoint=0")
        // A connection that has read nothing does not know of the log, and would find nothing to move.
        try connection.execute("SELECT name FROM sqlite_schema LIMIT 1")
        connection.setBusyTimeout(milliseconds: Self.truncateWaitMilliseconds)
        let worker = CheckpointWorker(connection: connection)
        // The thread keeps the checkpointer; `stop()` ends it and waits for it.
        let thread = Thread { self.run(worker) }
        thread.name = "duet.checkpoint"
        thread.start()
    }

    /// Asks for a checkpoint if the log is large enough for one.
    ///
    /// - Throws: what the last checkpoint ended with.
    func request() throws(StorageError) {
        let failure = state.withLock(\.failure)
        if let failure { throw failure }
        signal { $0.isRequested = true }
    }

    /// Ends the thread after a last checkpoint and waits for it.
    func stop() {
        signal { $0.isStopping = true }
        condition.lock()
        while !state.withLock(\.hasStopped) { condition.wait() }
        condition.unlock()
    }

    private func signal(_ change: (inout State) -> Void) {
        condition.lock()
        state.withLock { change(&$0) }
        condition.broadcast()
        condition.unlock()
    }

    private func run(_ worker: CheckpointWorker) {
        while true {
            condition.lock()
            while !state.withLock({ $0.isRequested || $0.isStopping }) { condition.wait() }
            let isStopping = state.withLock { state in
                state.isRequested = false
                return state.isStopping
            }
            condition.unlock()
            do {
                try checkpoint(worker, isLast: isStopping)
            } catch {
                state.withLock { $0.failure = error }
            }
            if isStopping {
                signal { $0.hasStopped = true }
                return
            }
        }
    }

    private func checkpoint(_ worker: CheckpointWorker, isLast: Bool) throws(StorageError) {
        let connection = worker.connection
        let byteCount = FileSize.of("\(path)-wal")
        guard isLast || byteCount >= options.checkpointByteCount else { return }
        // A log that is all moved is begun anew by the next commit, unless readers still use it.
        _ = try connection.checkpoint(.passive)
        if isLast {
            _ = try connection.checkpoint(.truncate)
        } else if byteCount >= options.logByteCountMax, worker.mayEmpty() {
            pool.closeOverdue()
            try pool.pausing { () throws(StorageError) in _ = try connection.checkpoint(.truncate) }
        }
    }
}

/// What the checkpointer's thread works with.
private final class CheckpointWorker: @unchecked Sendable {
    // Made on one thread, then used on the checkpointer's only.
    let connection: SQLiteConnection
    private var lastAttempt: ContinuousClock.Instant?

    init(connection: SQLiteConnection) {
        self.connection = connection
    }

    /// Whether it is time to try to empty the log again: trying keeps readers and the writer waiting for a moment.
    func mayEmpty() -> Bool {
        let now = ContinuousClock.now
        if let lastAttempt, now - lastAttempt < Checkpointer.attemptInterval { return false }
        lastAttempt = now
        return true
    }
}
