internal import Foundation
internal import Synchronization

/// Moves the write-ahead log into the database beside the writer, on a thread of its own.
///
/// Commits never wait for it. While readers hold old states only a part can be moved; a log that has grown beyond its bound
/// has the pool take back snapshots that are older than allowed, and is then emptied with a short wait.
final class Checkpointer: Sendable {
    /// How long one attempt to empty the log waits for readers. The writer may wait as long.
    private static let truncateWaitMilliseconds: Int32 = 50

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
                try checkpoint(worker.connection, isLast: isStopping)
            } catch {
                state.withLock { $0.failure = error }
            }
            if isStopping {
                signal { $0.hasStopped = true }
                return
            }
        }
    }

    private func checkpoint(_ connection: SQLiteConnection, isLast: Bool) throws(StorageError) {
        let logged = FileSize.of("\(path)-wal")
        guard isLast || logged >= options.checkpointByteCount else { return }
        let (pageCount, movedCount) = try connection.checkpoint(.passive)
        // A log that is all moved is begun anew by the next commit, unless readers still use it.
        guard isLast || logged >= options.logByteCountMax || pageCount == movedCount else { return }
        if logged >= options.logByteCountMax { pool.closeOverdue() }
        if isLast || logged >= options.logByteCountMax { _ = try connection.checkpoint(.truncate) }
    }
}

/// Carries the connection to the one thread that uses it.
private struct CheckpointWorker: @unchecked Sendable {
    // Made on one thread, then used on the checkpointer's only.
    let connection: SQLiteConnection
}
