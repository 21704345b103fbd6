internal import Synchronization

/// What the log service counts since the start.
final class LogCounters: Sendable {
    struct Values {
        var writtenEntryCount = 0
        var droppedEntryCounts: [String: Int] = [:]
        var failedFlushCount = 0
        var repeatedWriteCount = 0
        var searchCount = 0
        var incompleteSearchCount = 0
    }

    private let values = Mutex(Values())

    func change(_ body: (inout sending Values) -> Void) {
        values.withLock { body(&$0) }
    }

    var current: Values { values.withLock { $0 } }
}

/// One figure for operators, in Prometheus' terms.
package struct LogMetric: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case counter
        case gauge
    }

    package let name: String
    package let help: String
    package let kind: Kind
    /// Values by label, with the label's name; an empty name for a figure without labels.
    package let label: String
    package let values: [String: Double]
}

extension LogKeeper {
    /// The service's figures. Labels are logstores, which definitions bound.
    package func metrics() -> [LogMetric] {
        let values = counters.current
        func plain(_ name: String, _ help: String, _ kind: LogMetric.Kind, _ value: Int) -> LogMetric {
            LogMetric(name: name, help: help, kind: kind, label: "", values: ["": Double(value)])
        }
        return [
            plain("duet_log_entries_written_total", "Entries stored.", .counter, values.writtenEntryCount),
            LogMetric(
                name: "duet_log_entries_dropped_total", help: "Entries of functions dropped because buffers were full.",
                kind: .counter, label: "logstore", values: values.droppedEntryCounts.mapValues { Double($0) }),
            plain(
                "duet_log_flush_failures_total", "Batches of function lines lost.", .counter, values.failedFlushCount),
            plain("duet_log_writes_repeated_total", "Repeated writes recognised.", .counter, values.repeatedWriteCount),
            plain("duet_log_searches_total", "Searches answered.", .counter, values.searchCount),
            plain(
                "duet_log_searches_incomplete_total", "Searches cut short by the time limit.", .counter,
                values.incompleteSearchCount),
            plain("duet_log_tails", "Live tails now.", .gauge, signals.count),
        ]
    }
}
