package import FunctionTypes
internal import Synchronization

/// Adds up where the time of cold starts went since the node started.
package final class ColdStartMeter: Sendable {
    package enum Part: String, Sendable, CaseIterable {
        case queue, sandbox, runtime, code, initializer
    }

    private let sums = Mutex((count: 0, parts: [Part: Duration]()))

    func add(_ measurement: InvocationMeasurement) {
        guard let coldStart = measurement.coldStart else { return }
        let parts: [(Part, Duration)] = [
            (.queue, measurement.waiting), (.sandbox, coldStart.sandbox), (.runtime, coldStart.runtimeStart),
            (.code, coldStart.codeLoad), (.initializer, coldStart.initializer),
        ]
        sums.withLock { sums in
            sums.count += 1
            for (part, duration) in parts { sums.parts[part, default: .zero] += duration }
        }
    }

    package var count: Int { sums.withLock { $0.count } }

    /// Seconds by part.
    package var seconds: [Part: Double] {
        sums.withLock { $0.parts }.mapValues { duration in
            Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        }
    }
}
