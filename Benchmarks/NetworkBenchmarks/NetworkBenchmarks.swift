internal import ArgumentParser
internal import DuetClient
internal import Foundation

/// `make bench-network`: founds a network in a process of its own and drives it over gRPC and TLS, as applications do.
@main
struct NetworkBenchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network-benchmarks",
        abstract: "Measure what clients get from a network: transactions, answers, events, triggered functions.",
        discussion: """
            Two organisations endorse every transaction. Client and node share the machine; CPU is counted for each of the \
            two processes, the kernel's share included.
            """)

    @Option(help: "The program that runs the network.")
    var program = ".build/release/duet"

    @Option(help: "How many clients call at once, one case for each number.")
    var workers: [Int] = [1, 16, 64, 256]

    @Option(help: "How long each case is measured, in seconds.")
    var seconds = 10.0

    @Option(help: "Connections that the workers share.")
    var connections = 2

    @Option(help: "Bytes of a written value.")
    var valueBytes = 100

    @Option(help: "Measure only the cases whose name contains this: submit, evaluate, endorse, event.")
    var filter: String?

    @Flag(help: "Measure triggers: from commits to functions, and history through them.")
    var triggers = false

    @Option(help: "Transactions in the history that triggers are measured with.")
    var transactions = 10_000

    @Flag(help: "Speak without TLS.")
    var noTLS = false

    func run() async throws {
        let node = try NodeProcess(program: program, hasTLS: !noTLS)
        defer { node.end() }
        let network = try node.network()
        print(Report.machine)
        if !triggers { print(Report.head) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let connections = try (0..<max(1, connections)).map { _ in try GatewayConnection(to: network.address) }
            for connection in connections { group.addTask { try await connection.run() } }
            defer { group.cancelAll() }
            let load = Load(lanes: try connections.map { try Load.Lane($0, network) }, valueByteCount: valueBytes)
            try await load.prepare()
            if triggers {
                try await TriggerMeasurement(node: node, load: load, transactionCount: transactions).run()
            } else {
                try await measureAll(load, node)
            }
            for connection in connections { connection.close() }
        }
    }

    private func measureAll(_ load: Load, _ node: NodeProcess) async throws {
        for kind in Load.Kind.allCases where filter.map({ kind.rawValue.contains($0) }) ?? true {
            for count in workers {
                print(try await measure(kind, load, workerCount: count, node).line)
            }
        }
    }

    private func measure(
        _ kind: Load.Kind, _ load: Load, workerCount: Int, _ node: NodeProcess
    ) async throws -> Report {
        // Fills caches and opens what is opened at first use.
        _ = try await load.run(kind, workerCount: workerCount, for: .seconds(min(1, seconds / 4)))
        let (nodeStart, ownStart) = (node.cpuTime, ProcessorTime.own)
        let start = ContinuousClock.now
        let outcome = try await load.run(kind, workerCount: workerCount, for: .seconds(seconds))
        return Report(
            kind: kind, workerCount: workerCount, outcome: outcome, elapsed: ContinuousClock.now - start,
            nodeCPU: node.cpuTime - nodeStart, clientCPU: ProcessorTime.own - ownStart,
            nodeResidentByteCount: node.residentByteCount)
    }
}
