internal import DuetClient
internal import FabricTypes
internal import Foundation
internal import Synchronization

/// Workers that call one contract over and over, each the next time as soon as it has its answer.
struct Load: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// Endorse, submit and wait for the commit.
        case submit
        /// The first part of it alone.
        case endorse
        case evaluate
        /// From the call of submit to the event that the transaction has set.
        case event
    }

    /// What the workers of one case saw.
    struct Outcome: Sendable {
        var latencies: [Duration] = []
        /// By stage, for transactions.
        var stages: [(name: String, latencies: [Duration])] = []
        var failureCount = 0
        var firstFailure: String?
    }

    /// The contract under load, over one connection.
    struct Lane: Sendable {
        let identity: ClientIdentity
        let channel: ChannelClient
        let contract: ContractClient

        init(_ connection: GatewayConnection, _ network: NodeProcess.Network) throws {
            identity = network.identity
            channel = try NetworkClient(connection, as: identity).channel(network.channel)
            contract = channel.contract("keyvalue")
        }
    }

    let lanes: [Lane]
    let valueByteCount: Int

    private static let readKey = "read"

    func prepare() async throws {
        try await lanes[0].contract.submit("put", Self.readKey, value)
    }

    func run(_ kind: Kind, workerCount: Int, for duration: Duration) async throws -> Outcome {
        let samples = Samples()
        let end = ContinuousClock.now + duration
        if kind == .event {
            try await runWithEvents(workerCount, until: end, samples)
        } else {
            await runWorkers(workerCount, until: end, samples) { lane, key in
                switch kind {
                case .evaluate: _ = try await lane.contract.evaluate("get", Self.readKey)
                case .endorse: _ = try await endorse(lane, key)
                case .submit, .event: try await submit(lane, key, samples)
                }
            }
        }
        return samples.outcome
    }

    private func runWorkers(
        _ count: Int, until end: ContinuousClock.Instant, _ samples: Samples,
        _ call: @escaping @Sendable (Lane, String) async throws -> Void
    ) async {
        let run = UUID().uuidString
        await withDiscardingTaskGroup { group in
            for worker in 0..<count {
                group.addTask {
                    let lane = lanes[worker % lanes.count]
                    var number = 0
                    while ContinuousClock.now < end {
                        let start = ContinuousClock.now
                        do {
                            try await call(lane, "\(run)-\(worker)-\(number)")
                            samples.add(ContinuousClock.now - start)
                        } catch {
                            samples.fail("\(error)")
                        }
                        number += 1
                    }
                }
            }
        }
    }

    private var value: String { String(repeating: "v", count: valueByteCount) }

    private func endorse(_ lane: Lane, _ key: String) async throws -> ClientTransaction {
        let proposal = lane.channel.proposal(to: lane.contract.name, [Bytes("put"), Bytes(key), Bytes(value)])
        return try await lane.channel.endorse(proposal.signed(lane.identity.sign(proposal.messageToSign)))
    }

    private func submit(_ lane: Lane, _ key: String, _ samples: Samples) async throws {
        let start = ContinuousClock.now
        let transaction = try await endorse(lane, key)
        let endorsed = ContinuousClock.now
        try await lane.channel.submit(transaction.signed(lane.identity.sign(transaction.messageToSign)))
        let submitted = ContinuousClock.now
        try await lane.channel.commitStatus(of: transaction.transactionID).requireValid()
        samples.add(endorse: endorsed - start, submit: submitted - endorsed, commit: .now - submitted)
    }

    // MARK: - Events

    private func runWithEvents(_ workerCount: Int, until end: ContinuousClock.Instant, _ samples: Samples) async throws
    {
        let waiting = EventWaits()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Whoever waits for an event that cannot come any more goes on.
                defer { waiting.close() }
                try await lanes[0].contract.events(from: .next) { event in waiting.come(event.payload.utf8Text ?? "") }
            }
            await runWorkers(workerCount, until: end, samples) { lane, key in
                // The key of each transaction is in its event.
                try await waiting.wait(for: key) {
                    _ = try await lane.contract.submitAsync("put", key, value)
                }
            }
            group.cancelAll()
        }
    }
}

/// What workers report. Safe to use from any thread.
private final class Samples: Sendable {
    private struct State {
        var latencies: [Duration] = []
        var endorse: [Duration] = []
        var submit: [Duration] = []
        var commit: [Duration] = []
        var failureCount = 0
        var firstFailure: String?
    }

    private let state = Mutex(State())

    func add(_ latency: Duration) {
        state.withLock { $0.latencies.append(latency) }
    }

    func add(endorse: Duration, submit: Duration, commit: Duration) {
        state.withLock { state in
            state.endorse.append(endorse)
            state.submit.append(submit)
            state.commit.append(commit)
        }
    }

    func fail(_ reason: String) {
        state.withLock { state in
            state.failureCount += 1
            if state.firstFailure == nil { state.firstFailure = reason }
        }
    }

    var outcome: Load.Outcome {
        state.withLock { state in
            Load.Outcome(
                latencies: state.latencies,
                stages: [("endorse", state.endorse), ("submit", state.submit), ("commit", state.commit)]
                    .filter { !$0.1.isEmpty },
                failureCount: state.failureCount, firstFailure: state.firstFailure)
        }
    }
}
