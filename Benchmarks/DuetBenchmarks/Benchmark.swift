internal import Foundation

/// One case: what is measured, and how much of it one run does.
struct Benchmark: Sendable {
    /// Area and case: `BlockFiles/append 500 × 1 KiB`.
    let name: String
    /// What one run handles, as a plural: `transactions`.
    let unit: String
    private let prepare: @Sendable () throws -> Prepared

    /// One run and how many units it handles.
    typealias Prepared = (unitCount: Int, makeReady: () throws -> Void, run: () throws -> Void)

    /// - Parameter prepare: makes the inputs ready, once.
    init(name: String, unit: String, prepare: @escaping @Sendable () throws -> (unitCount: Int, run: () throws -> Void))
    {
        self.init(
            name: name, unit: unit,
            eachTime: {
                let (unitCount, run) = try prepare()
                return (unitCount, {}, run)
            })
    }

    /// - Parameter prepare: answers also with what is to be done before each run and not to be measured.
    init(name: String, unit: String, eachTime prepare: @escaping @Sendable () throws -> Prepared) {
        self.name = name
        self.unit = unit
        self.prepare = prepare
    }

    /// The first runs fill caches and do not count.
    private static let warmUpCount = 3
    /// Fewer runs than these say nothing about the slowest of them.
    private static let runCountMin = 20

    func measured(for seconds: Double) throws -> Measurement {
        let (unitCount, makeReady, run) = try prepare()
        for _ in 0..<Self.warmUpCount {
            try makeReady()
            try run()
        }

        var durations: [Duration] = []
        var cpu = Duration.zero
        let clock = ContinuousClock()
        let start = clock.now
        while durations.count < Self.runCountMin || start.duration(to: clock.now) < .seconds(seconds) {
            try makeReady()
            let cpuStart = Self.cpuTime()
            durations.append(try clock.measure(run))
            cpu += Self.cpuTime() - cpuStart
        }
        cpu /= durations.count
        return Measurement(benchmark: self, unitCount: unitCount, durations: durations, cpu: cpu)
    }

    /// The processor time this process has used so far, in all its threads, its own and the kernel's for it.
    private static func cpuTime() -> Duration {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(.zero) {
            $0 + .seconds($1.tv_sec) + .microseconds($1.tv_usec)
        }
    }
}

/// What came out of a case, per run.
struct Measurement: Encodable {
    let name: String
    let unit: String
    let runCount: Int
    let p50Microseconds: Double
    let p99Microseconds: Double
    /// Mean processor time: what a busy machine is left without.
    let cpuMicroseconds: Double
    /// The same per unit.
    let cpuMicrosecondsPerUnit: Double
    /// By the median.
    let unitsPerSecond: Double

    init(benchmark: Benchmark, unitCount: Int, durations: [Duration], cpu: Duration) {
        let sorted = durations.map { $0 / .microseconds(1) }.sorted()
        name = benchmark.name
        unit = benchmark.unit
        runCount = sorted.count
        p50Microseconds = sorted[sorted.count / 2]
        p99Microseconds = sorted[sorted.count * 99 / 100]
        cpuMicroseconds = cpu / .microseconds(1)
        cpuMicrosecondsPerUnit = cpuMicroseconds / Double(unitCount)
        unitsPerSecond = Double(unitCount) * 1_000_000 / p50Microseconds
    }
}

/// A figure that is no time.
struct Figure: Sendable {
    let name: String
    let unit: String
    let value: @Sendable () throws -> Double
}

/// Takes a result so that the optimiser must compute it.
@inline(never)
func keep<Value>(_ value: Value) {
    withExtendedLifetime(value) {}
}
