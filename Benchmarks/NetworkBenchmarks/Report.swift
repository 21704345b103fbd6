internal import Foundation

/// One case of the benchmark, as a line.
struct Report {
    let kind: Load.Kind
    let workerCount: Int
    let outcome: Load.Outcome
    let elapsed: Duration
    let nodeCPU: Duration
    let clientCPU: Duration
    let nodeResidentByteCount: Int

    static let head = "case      workers       /s      p50      p99     node   client      RSS  (CPU in µs for each)"

    var line: String {
        let count = max(1, outcome.latencies.count)
        let seconds = elapsed / .seconds(1)
        var line = String(
            format: "%@ %7d %8.0f %8@ %8@ %8.0f %8.0f %5d MiB",
            kind.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0), workerCount,
            Double(outcome.latencies.count) / seconds, Self.text(outcome.latencies, 50),
            Self.text(outcome.latencies, 99), nodeCPU / .microseconds(1) / Double(count),
            clientCPU / .microseconds(1) / Double(count), nodeResidentByteCount >> 20)
        for stage in outcome.stages { line += "  \(stage.name) \(Self.text(stage.latencies, 50))" }
        if outcome.failureCount > 0 {
            line += "\n  \(outcome.failureCount) failed, the first with: \(outcome.firstFailure ?? "")"
        }
        return line
    }

    private static func text(_ latencies: [Duration], _ percentile: Int) -> String {
        guard !latencies.isEmpty else { return "–" }
        let sorted = latencies.sorted()
        return String(format: "%.2fms", sorted[(sorted.count - 1) * percentile / 100] / .milliseconds(1))
    }

    static var machine: String {
        let process = ProcessInfo.processInfo
        // Lines of the form `model name : …`; other systems than Linux have no such file.
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = processors.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        var loads = [Double](repeating: 0, count: 1)
        getloadavg(&loads, 1)
        return
            "\(process.activeProcessorCount) × \(model?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"), "
            + "\(process.operatingSystemVersionString), load before \(String(format: "%.1f", loads[0]))"
    }
}
