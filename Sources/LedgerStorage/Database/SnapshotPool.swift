internal import FabricTypes
internal import Foundation
internal import LedgerCore
internal import Synchronization

/// Lends read connections to snapshots: at most so many at once, each to one snapshot at a time.
///
/// A snapshot holds its connection's view of the database, and with it a part of the write-ahead log, until it is closed,
/// dropped or taken back.
final class SnapshotPool: Sendable {
    private struct State {
        /// Connections that nobody uses.
        var idle: [LeasedConnection] = []
        var openCount = 0
        var leases: [ObjectIdentifier: (snapshot: WeakSnapshot, since: ContinuousClock.Instant)] = [:]
        var isClosed = false
        /// Whether new leases wait for a moment.
        var isPaused = false
    }

    /// How long new leases may be kept waiting while the write-ahead log is emptied.
    static let pauseMax: TimeInterval = 0.1

    private let path: String
    private let options: LedgerOptions
    private let state = Mutex(State())
    // Signalled whenever a lease ends or a pause does. It guards nothing itself; `state` does.
    private let changed = NSCondition()

    init(path: String, options: LedgerOptions) {
        self.path = path
        self.options = options
    }

    /// - Parameter isForCommit: may exceed the bound by one, so that simulations never keep the writer from its work.
    func lease(isForCommit: Bool = false) throws -> SQLiteSnapshot {
        wait(atMost: Self.pauseMax) { !$0.isPaused }
        let connection = try takeConnection(countMax: options.snapshotCountMax + (isForCommit ? 1 : 0))
        do {
            let height = try connection.reader.begin()
            let snapshot = SQLiteSnapshot(connection, height: height, pool: self)
            state.withLock { $0.leases[ObjectIdentifier(connection)] = (WeakSnapshot(snapshot), .now) }
            return snapshot
        } catch {
            giveBack(connection, isUsable: false)
            throw error
        }
    }

    private func takeConnection(countMax: Int) throws -> LeasedConnection {
        let idle: LeasedConnection? = try state.withLock { state in
            guard !state.isClosed, state.openCount - state.idle.count < countMax else {
                throw LedgerStoreError(
                    .noSnapshotLeft,
                    "All \(options.snapshotCountMax) snapshots of the ledger are in use. Try again in a moment, or raise the number of snapshots."
                )
            }
            if let connection = state.idle.popLast() { return connection }
            // Counted before it is opened, so that the bound holds while opening takes its time.
            state.openCount += 1
            return nil
        }
        if let idle { return idle }
        do {
            return LeasedConnection(try ReadConnection(path: path, options: options))
        } catch {
            state.withLock { $0.openCount -= 1 }
            throw error
        }
    }

    /// Lets `body` run while no snapshot is open, if all that are open end soon: new ones wait meanwhile, at most
    /// ``pauseMax``.
    func pausing(_ body: () throws(StorageError) -> Void) throws(StorageError) {
        state.withLock { $0.isPaused = true }
        defer {
            state.withLock { $0.isPaused = false }
            signal()
        }
        wait(atMost: Self.pauseMax) { $0.leases.isEmpty }
        try body()
    }

    private func wait(atMost seconds: TimeInterval, until isReached: (borrowing State) -> Bool) {
        if state.withLock({ isReached($0) }) { return }
        let deadline = Date(timeIntervalSinceNow: seconds)
        changed.lock()
        defer { changed.unlock() }
        while !state.withLock({ isReached($0) }) {
            guard changed.wait(until: deadline) else { return }
        }
    }

    private func signal() {
        changed.lock()
        changed.broadcast()
        changed.unlock()
    }

    func giveBack(_ connection: LeasedConnection, isUsable: Bool) {
        state.withLock { state in
            state.leases[ObjectIdentifier(connection)] = nil
            if isUsable, !state.isClosed {
                state.idle.append(connection)
            } else {
                state.openCount -= 1
            }
        }
        signal()
    }

    /// Takes back the snapshots that are older than allowed. Their further reads throw.
    func closeOverdue() {
        let now = ContinuousClock.now
        let overdue = state.withLock { state in
            state.leases.values.filter { now - $0.since > options.snapshotAgeMax }.compactMap(\.snapshot.snapshot)
        }
        for snapshot in overdue { snapshot.close() }
    }

    /// Closes idle connections now and the others as they come back.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.openCount -= state.idle.count
            state.idle = []
        }
    }
}

/// A connection that one snapshot at a time uses, under that snapshot's lock.
final class LeasedConnection: @unchecked Sendable {
    // Only the snapshot that holds the lease touches it, and only under its lock.
    let reader: ReadConnection

    init(_ reader: ReadConnection) {
        self.reader = reader
    }
}

/// Lets the pool find a snapshot without keeping it open.
private struct WeakSnapshot: @unchecked Sendable {
    // Weak references may be read from any thread.
    weak var snapshot: SQLiteSnapshot?

    init(_ snapshot: SQLiteSnapshot) {
        self.snapshot = snapshot
    }
}
