internal import Synchronization

/// How much of an instance's output outside its requests is kept: functions may print gigabytes.
///
/// The same limit holds inside the bootstrap for what a request prints.
final class OutputBudget: Sendable {
    /// Bytes kept between the start of one invocation and the next.
    static let byteCountMax = 1 << 20

    private let counts = Mutex((kept: 0, dropped: 0))

    /// Whether `byteCount` more bytes may be kept. What may not is counted.
    func take(_ byteCount: Int) -> Bool {
        counts.withLock { counts in
            guard counts.kept + byteCount <= Self.byteCountMax else {
                counts.dropped += byteCount
                return false
            }
            counts.kept += byteCount
            return true
        }
    }

    /// A new invocation starts: returns what was dropped since the last.
    func renew() -> Int {
        counts.withLock { counts in
            defer { counts = (0, 0) }
            return counts.dropped
        }
    }
}
