internal import Synchronization

/// How long something took since the start, by label values: a histogram for each.
///
/// Safe to use from any thread; label values as for ``EventCounts``.
package final class DurationCounts: Sendable {
    package struct Histogram: Hashable, Sendable {
        /// Of durations up to each of ``DurationCounts/boundsSeconds``, longer ones at the end; not cumulated.
        package fileprivate(set) var counts = [UInt64](repeating: 0, count: boundsSeconds.count + 1)
        package fileprivate(set) var sumSeconds = 0.0

        package init() {}

        package mutating func add(seconds: Double) {
            counts[boundsSeconds.firstIndex { seconds <= $0 } ?? boundsSeconds.count] &+= 1
            sumSeconds += seconds
        }
    }

    /// Prometheus' usual ones, and two below, since a lone transaction takes a few milliseconds.
    package static let boundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let histograms = Mutex<[[String]: Histogram]>([:])

    package init() {}

    package func add(_ duration: Duration, _ labelValues: [String] = []) {
        let seconds = duration / .seconds(1)
        histograms.withLock { $0[labelValues, default: Histogram()].add(seconds: seconds) }
    }

    package var values: [[String]: Histogram] { histograms.withLock { $0 } }
}
