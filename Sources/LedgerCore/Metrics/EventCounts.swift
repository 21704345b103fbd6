internal import Synchronization

/// How often something happened since the start, by label values.
///
/// Safe to use from any thread. Whoever counts gives label values that configuration bounds, never what a caller sends, so
/// that the table stays small.
package final class EventCounts: Sendable {
    private let counts = Mutex<[[String]: UInt64]>([:])

    package init() {}

    package func add(_ count: UInt64 = 1, _ labelValues: [String] = []) {
        counts.withLock { $0[labelValues, default: 0] &+= count }
    }

    package var values: [[String]: UInt64] { counts.withLock { $0 } }
}
