internal import TriggerCore

/// What was asked since the node was started.
package struct CheckCounts: Hashable, Sendable {
    package private(set) var allowed = 0
    package private(set) var refused = 0
    /// Without a verdict.
    package private(set) var failed = 0
    /// Of the first two, by an earlier verdict.
    package private(set) var cached = 0
    /// Records that were not kept, since the disk did not keep up.
    package private(set) var dropped = 0

    mutating func count(_ verdict: CheckRecord.Verdict, isCached: Bool, isDropped: Bool) {
        switch verdict {
        case .allowed: allowed += 1
        case .refused: refused += 1
        case .failedAllowed, .failedRefused: failed += 1
        }
        if isCached { cached += 1 }
        if isDropped { dropped += 1 }
    }
}
