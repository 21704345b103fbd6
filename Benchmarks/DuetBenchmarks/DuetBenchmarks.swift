internal import ArgumentParser
internal import Foundation

/// `make bench`: measures the cases of this folder and prints what the machine is and how long each case takes.
@main
struct DuetBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duet-benchmarks", abstract: "Measure Duet's inner loops.")

    static let cases: [Benchmark] =
        MessageBenchmarks.cases + TransactionBenchmarks.cases + IdentityBenchmarks.cases + LedgerBenchmarks.cases
        + StateBenchmarks.cases
        + ValidationBenchmarks.cases + BlockFileBenchmarks.cases + LedgerStorageBenchmarks.cases

    @Option(help: "Measure only the cases whose name contains this.")
    var filter: String?

    @Option(help: "How long each case is measured, in seconds.")
    var seconds = 2.0

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let chosen = Self.cases.filter { filter.map($0.name.contains) ?? true }
        guard !chosen.isEmpty else {
            throw ValidationError("No case contains \"\(filter ?? "")\".")
        }
        let measurements = try chosen.map { try $0.measured(for: seconds) }
        print(json ? try Self.document(measurements) : Self.table(measurements))
    }

    private static func document(_ measurements: [Measurement]) throws -> String {
        struct Document: Encodable {
            let machine: String
            let measurements: [Measurement]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(machine: machine, measurements: measurements)
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    private static func table(_ measurements: [Measurement]) -> String {
        let nameWidth = measurements.map(\.name.count).max() ?? 0
        let lines = measurements.map { measurement in
            let name = measurement.name.padding(toLength: nameWidth, withPad: " ", startingAt: 0)
            return String(
                format: "%@  p50 %9.1f µs  p99 %9.1f µs  CPU %9.1f µs, %9.2f each  %11.0f %@/s", name,
                measurement.p50Microseconds, measurement.p99Microseconds, measurement.cpuMicroseconds,
                measurement.cpuMicrosecondsPerUnit, measurement.unitsPerSecond, measurement.unit)
        }
        return ([machine] + lines).joined(separator: "\n")
    }

    private static var machine: String {
        let process = ProcessInfo.processInfo
        // Lines of the form `model name : …`; other systems than Linux have no such file.
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = processors.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return
            "\(process.activeProcessorCount) × \(model?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"), "
            + process.operatingSystemVersionString
    }
}
