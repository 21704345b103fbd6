package import FabricTypes
package import LedgerCore
package import Membership
internal import Synchronization

/// Runs proposals and signs what they would do: Fabric's `protos.Endorser`.
///
/// Concurrency: any number of callers, of whom ``Configuration/concurrencyMax`` are served at once; the work runs on the
/// threads for blocking work. Cancelling a caller does not stop its simulation, which ends by itself or at its time-out.
package final class Endorser: Sendable {
    package struct Configuration: Sendable {
        /// How far a proposal's time may lie from the peer's, either way, in minutes. Fabric: `peer.authentication.timewindow`.
        package var timeWindowMinutes: Int64 = 15
        /// How long a simulation may take before its client gets an error. Fabric: `chaincode.executetimeout`.
        package var executionTimeout: Duration = .seconds(30)
        /// Proposals under way; more are refused. Fabric: `peer.limits.concurrency.endorserService`.
        package var concurrencyMax = 2_500
        /// Rows that a query without pagination answers. Fabric: `ledger.state.totalQueryLimit`.
        package var queryRowCountMax = TransactionSimulator.queryRowCountMaxDefault
        /// What the channels' peers can store.
        package var writeRule = WriteRule.any

        package init() {}
    }

    let parts: EndorserParts
    package let figures = EndorserFigures()
    private let threads: any BlockingThreads
    private let clock: any Clock<Duration>
    private let runningCount = Atomic(0)

    /// - Parameters:
    ///   - signer: the peer's identity.
    ///   - access: who may use what.
    ///   - channels: the channels that the peer has joined.
    ///   - systemChaincodes: by which names the peer itself answers. `lscc` and `_functions` are there without being named.
    ///   - runtime: runs all other contracts.
    ///   - distributor: is given private data.
    ///   - checks: asked before a proposal is simulated; nil asks nobody.
    ///   - functions: asked where a contract calls a function; nil has none.
    ///   - callNames: is told which functions contracts called.
    ///   - queryEngine: for rich queries; nil answers them as a peer with a key-value state database does.
    ///   - clock: measures time-outs.
    ///   - now: tells the time of day.
    package init(
        signer: SigningIdentity, access: AccessControl, channels: any EndorserChannels,
        systemChaincodes: [any SystemChaincode], runtime: any ContractRuntime, threads: any BlockingThreads,
        distributor: any PrivateDataDistributor = LocalPrivateData(), checks: (any EndorsementChecks)? = nil,
        functions: (any FunctionCalls)? = nil, callNames: FunctionCallNames = FunctionCallNames(),
        queryEngine: (any RegexEngine)? = nil,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Timestamp,
        configuration: Configuration = Configuration()
    ) {
        let all = systemChaincodes + [LegacyLifecycle(), FunctionsChaincode()]
        let system = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
        parts = EndorserParts(
            signer: signer, access: access, channels: channels, systemChaincodes: system, runtime: runtime,
            distributor: distributor, checks: checks, functions: functions, callNames: callNames, threads: threads,
            queryEngine: queryEngine, now: now, configuration: configuration)
        self.threads = threads
        self.clock = clock
    }

    /// Answers a proposal.
    ///
    /// What is wrong with the proposal itself is thrown; what goes wrong while it is run is a response with status 500.
    ///
    /// - Parameter deadline: when the caller stops waiting; an earlier end than the execution time-out's.
    /// - Throws: ``EndorserError``.
    package func process(
        _ proposal: SignedProposal, deadline: ContinuousClock.Instant? = nil
    ) async throws(EndorserError) -> ProposalResponse {
        try await figures.counting { () throws(EndorserError) in try await answer(proposal, deadline: deadline) }
    }

    private func answer(
        _ proposal: SignedProposal, deadline: ContinuousClock.Instant?
    ) async throws(EndorserError) -> ProposalResponse {
        let count = runningCount.add(1, ordering: .relaxed).newValue
        defer { runningCount.subtract(1, ordering: .relaxed) }
        guard count <= parts.configuration.concurrencyMax else { throw overload }
        if let checks = parts.checks, mayBeChecked(proposal, by: checks),
            let refusal = try await refusal(of: proposal, by: checks)
        {
            return ProposalResponse(response: Response(status: 403, message: Bytes(refusal)))
        }
        let simulations = ProposalSimulations()
        var timeout = parts.configuration.executionTimeout
        if let deadline { timeout = min(timeout, ContinuousClock.now.duration(to: deadline)) }
        return try await run(proposal, simulations, timeout: max(timeout, .zero)).get()
    }

    // MARK: - Checks

    /// Judged by its headers alone, which are read for nothing else: most proposals are not checked.
    private func mayBeChecked(_ signed: SignedProposal, by checks: any EndorsementChecks) -> Bool {
        guard let proposal = try? Proposal(decoding: signed.proposalBytes),
            let header = try? Header(decoding: proposal.header),
            let channelHeader = try? ChannelHeader(decoding: header.channelHeader), !channelHeader.channelID.isEmpty,
            let contract = try? ChaincodeHeaderExtension(decoding: channelHeader.extension).chaincodeID?.name,
            !parts.isSystemChaincode(contract)
        else { return false }
        return checks.areDeclared(for: contract, on: channelHeader.channelID)
    }

    /// Asks only about proposals that would be simulated, so that nobody without rights here reaches a function. No thread for
    /// blocking work waits meanwhile: functions may evaluate contracts, which need one.
    private func refusal(
        of proposal: SignedProposal, by checks: any EndorsementChecks
    ) async throws(EndorserError) -> String? {
        let admitted = await withCheckedContinuation { continuation in
            do throws(BlockingThreadsBusy) {
                try threads.start { [parts] in
                    let job = EndorsementJob(parts: parts, simulations: ProposalSimulations(), deadline: .now)
                    continuation.resume(
                        returning: Result { () throws(EndorserError) in try job.admit(proposal).checked })
                }
            } catch {
                continuation.resume(returning: .failure(overload))
            }
        }
        guard let checked = try admitted.get() else { return nil }
        return await checks.refusal(of: checked)
    }

    private var overload: EndorserError {
        EndorserError(
            .overloaded,
            "too many requests for /protos.Endorser, exceeding concurrency limit (\(parts.configuration.concurrencyMax))"
        )
    }

    /// Waits for the work or for the time-out, whichever comes first. Work that comes too late is dropped.
    private func run(
        _ proposal: SignedProposal, _ simulations: ProposalSimulations, timeout: Duration
    ) async -> Result<ProposalResponse, EndorserError> {
        let deadline = ContinuousClock.now + timeout
        return await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            // Waits beside the work, since a contract cannot be stopped from outside; cancelled with the first answer.
            answer.timer = Task { [clock] in
                guard (try? await clock.sleep(for: timeout)) != nil else { return }
                simulations.expire()
                answer.give(.success(Self.timeoutResponse(to: proposal)))
            }
            do throws(BlockingThreadsBusy) {
                try threads.start { [parts] in
                    let job = EndorsementJob(parts: parts, simulations: simulations, deadline: deadline)
                    answer.give(Result { () throws(EndorserError) in try job.process(proposal) })
                }
            } catch {
                answer.give(.failure(overload))
            }
        }
    }

    private static func timeoutResponse(to proposal: SignedProposal) -> ProposalResponse {
        // Only the id is wanted; where it cannot be read the work has its own answer soon.
        let header = (try? Proposal(decoding: proposal.proposalBytes)).flatMap { try? Header(decoding: $0.header) }
        let id = header.flatMap { try? ChannelHeader(decoding: $0.channelHeader) }?.transactionID ?? Bytes()
        return ProposalResponse(
            response: .failure(
                "error in simulation: failed to execute transaction \(id.lossyText): error sending: "
                    + "timeout expired while executing transaction"))
    }
}

/// What all proposals of one endorser are worked with.
struct EndorserParts: Sendable {
    let signer: SigningIdentity
    let access: AccessControl
    let channels: any EndorserChannels
    let systemChaincodes: [Bytes: any SystemChaincode]
    let runtime: any ContractRuntime
    let distributor: any PrivateDataDistributor
    let checks: (any EndorsementChecks)?
    let functions: (any FunctionCalls)?
    let callNames: FunctionCallNames
    let threads: any BlockingThreads
    let queryEngine: (any RegexEngine)?
    let now: @Sendable () -> Timestamp
    let configuration: Endorser.Configuration
    let approvals = ApprovalCache()

    func isSystemChaincode(_ name: Bytes) -> Bool { systemChaincodes[name] != nil }

    var infoSource: EndorsementInfoSource {
        EndorsementInfoSource(mspID: signer.mspID, runtime: runtime, approvals: approvals)
    }
}

/// Resumes a caller with the first of several answers.
private final class FirstAnswer: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Result<ProposalResponse, EndorserError>, Never>?
        var timer: Task<Void, Never>?
    }

    private let state: Mutex<State>

    init(_ continuation: CheckedContinuation<Result<ProposalResponse, EndorserError>, Never>) {
        state = Mutex(State(continuation: continuation))
    }

    var timer: Task<Void, Never>? {
        get { state.withLock { $0.timer } }
        set { state.withLock { $0.timer = newValue } }
    }

    func give(_ answer: Result<ProposalResponse, EndorserError>) {
        let state = state.withLock { state in
            defer { state = State() }
            return state
        }
        state.timer?.cancel()
        state.continuation?.resume(returning: answer)
    }
}

/// The simulations that one proposal has open, on its own channel and on others it calls into.
final class ProposalSimulations: Sendable {
    private struct State {
        var open: [ChannelSimulation] = []
        var isExpired = false
    }

    private let state = Mutex(State())

    /// A simulation that is opened too late is over at once.
    func add(_ simulation: ChannelSimulation) {
        let isExpired = state.withLock { state in
            state.open.append(simulation)
            return state.isExpired
        }
        if isExpired { simulation.expire() }
    }

    func expire() {
        let open = state.withLock { state in
            state.isExpired = true
            return state.open
        }
        for simulation in open { simulation.expire() }
    }
}
