internal import Synchronization

/// Where functions and the node's own parts write their lines.
///
/// Never suspends, never blocks and never fails: a line is put into a bounded buffer, or dropped and counted when the buffer
/// is full. Lines that were taken are on disk after the log service's flush interval; until then a crash loses them.
package protocol LogSink: Sendable {
    /// Adds entries in order. A logstore that does not exist drops them and counts them as dropped.
    func write(_ entries: [LogEntry], to logstore: LogstoreID)
}

/// Keeps what it is given; for tests and demonstrations.
package final class InMemoryLogSink: LogSink {
    private let written: Mutex<[(logstore: LogstoreID, entry: LogEntry)]> = Mutex([])

    package init() {}

    package func write(_ entries: [LogEntry], to logstore: LogstoreID) {
        written.withLock { $0 += entries.map { (logstore, $0) } }
    }

    /// Everything written to one logstore so far.
    package func entries(in logstore: LogstoreID) -> [LogEntry] {
        written.withLock { $0.filter { $0.logstore == logstore }.map(\.entry) }
    }
}
