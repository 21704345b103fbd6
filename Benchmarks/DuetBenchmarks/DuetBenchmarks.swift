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
        + OrdererBenchmarks.cases + LogBenchmarks.cases + TriggerBenchmarks.cases

    @Option(help: "Measure only the cases whose name contains this.")
    var filter: String?

    @Option(help: "How long each case is measured, in seconds.")
    var seconds = 2.0

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        defer { BenchmarkFolder.removeAll() }
        let chosen = Self.cases.filter { filter.map($0.name.contains) ?? true }
        let figures = LedgerStorageBenchmarks.figures.filter { filter.map($0.name.contains) ?? true }
        guard !(chosen.isEmpty && figures.isEmpty) else {
            throw ValidationError("No case contains \"\(filter ?? "")\".")
        }
        let measurements = try chosen.map { try $0.measured(for: seconds) }
        let sizes = try figures.map { Size(name: $0.name, unit: $0.unit, value: try $0.value()) }
        print(json ? try Self.document(measurements, sizes) : Self.table(measurements, sizes))
    }

    private struct Size: Encodable {
        let name: String
        let unit: String
        let value: Double
    }

    private static func document(_ measurements: [Measurement], _ sizes: [Size]) throws -> String {
        struct Document: Encodable {
            let machine: String
            let measurements: [Measurement]
            let sizes: [Size]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(machine: machine, measurements: measurements, sizes: sizes)
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    private static func table(_ measurements: [Measurement], _ sizes: [Size]) -> String {
        let nameWidth = measurements.map(\.name.count).max() ?? 0
        let lines = measurements.map { measurement in
            let name = measurement.name.padding(toLength: nameWidth, withPad: " ", startingAt: 0)
            return String(
                format: "%@  p50 %9.1f µs  p99 %9.1f µs  CPU %9.1f µs, %9.2f each  %11.0f %@/s", name,
                measurement.p50Microseconds, measurement.p99Microseconds, measurement.cpuMicroseconds,
                measurement.cpuMicrosecondsPerUnit, measurement.unitsPerSecond, measurement.unit)
        }
        let sizeLines = sizes.map { String(format: "%@  %.0f %@", $0.name, $0.value, $0.unit) }
        return ([machine] + lines + sizeLines).joined(separator: "\n")
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
