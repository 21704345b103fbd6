internal import FabricTypes
internal import FunctionCore
internal import FunctionService
internal import FunctionStorage
internal import FunctionTypes
internal import LogService
internal import LogStorage
internal import Logging
internal import Membership
internal import NodeHTTP
internal import Synchronization
internal import TriggerCore
internal import TriggerService

/// How the node's functions reach its ledgers: who they are there, their calls while they run, and what becomes of their answers.
struct FunctionLedger: Sendable {
    let identities: ServiceIdentityKeeper
    let calls: LedgerCalls
    /// For triggers: brings what functions answer into the ledger.
    let answers: AnswerSettler
    /// Offered to every instance; runs with the functions.
    let sockets: LedgerSockets
    private let database: FunctionDatabase
    private let checks: PeerEndorsementChecks
    private let contractCalls: PeerFunctionCalls
    private let platform: PlatformReference
    private let spans: (any SpanSink)?
    private let logger: Logger

    /// - Parameters:
    ///   - database: keeps the answers.
    ///   - logs: what functions may read.
    ///   - journal: told of what functions submit while they run.
    ///   - spans: nil where none are exported.
    init(
        _ base: NodeBase, _ network: NetworkPart, database: FunctionDatabase, logs: LogKeeper,
        journal: InvocationJournal, spans: (any SpanSink)?
    ) {
        self.spans = spans
        self.database = database
        logger = base.logger
        checks = network.checks
        contractCalls = network.calls
        identities = ServiceIdentityKeeper(
            folder: base.folder + "/services", issuer: network.identities, signatures: network.signatures,
            now: { SystemClock.now.seconds })
        calls = LedgerCalls(
            gateways: network.ledgers, identities: identities, keys: database, spans: spans, now: { SystemClock.now },
            onSubmission: { journal.submitted($0) })
        answers = AnswerSettler(
            store: database, gateways: network.ledgers, identities: identities, spans: spans,
            logger: base.logger, now: { SystemClock.now })
        let platform = PlatformReference()
        self.platform = platform
        sockets = LedgerSockets(
            calls: calls, logs: (logs, SQLiteLogStore.systemTime), invocation: { platform.value?.running($0, on: $1) },
            logger: base.logger)
    }

    /// Who asks functions for peers that endorse.
    struct Asking: Sendable {
        let checker: EndorsementChecker
        let caller: FunctionCaller
    }

    /// Lets the platform's invocations call the ledger, peers ask its endorsement checks, and contracts call its functions.
    ///
    /// - Returns: who asks them; both to be run with the platform.
    func serve(_ platform: FunctionPlatform) -> Asking {
        self.platform.set(platform)
        let start = ContinuousClock.now
        let now = { @Sendable in FunctionTypes.Timestamp(milliseconds: Self.milliseconds(SystemClock.now)) }
        let asking = Asking(
            checker: EndorsementChecker(
                functions: PlatformFunctions(platform: platform), store: database, spans: spans, logger: logger,
                makeRequestID: { RequestID.make() }, now: now, uptime: { start.duration(to: .now) }),
            caller: FunctionCaller(
                functions: PlatformFunctions(platform: platform), store: database, spans: spans, logger: logger,
                makeRequestID: { RequestID.make() }, now: now, uptime: { start.duration(to: .now) }))
        platform.registry.onChange { registry in
            Self.declare(registry.organizations.flatMap { registry.services(of: $0) }, to: asking)
        }
        let services = platform.registry.read { registry in
            registry.organizations.flatMap { registry.services(of: $0) }
        }
        Self.declare(services, to: asking)
        checks.set(asking.checker)
        contractCalls.set(asking.caller)
        return asking
    }

    private static func declare(_ services: [ServiceRecord], to asking: Asking) {
        asking.checker.declare(EndorsementCheckTable.checks(of: services))
        asking.caller.declare(CallableFunctionTable.functions(of: services))
    }

    private static func milliseconds(_ time: FabricTypes.Timestamp) -> Int64 {
        time.seconds &* 1_000 &+ Int64(time.nanoseconds / 1_000_000)
    }

    func metrics(_ asking: Asking) -> [MetricFamily] {
        let counts = answers.answerCounts
        let checks = asking.checker.checkCounts
        let calls = asking.caller.callCounts.map { ($0.key.rawValue, Double($0.value)) }
        func counter(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
            MetricFamily(name: name, help: help, kind: .counter, values: ["": Double(value)])
        }
        return [
            MetricFamily(
                name: "duet_endorsement_checks_total", help: "Endorsement checks, by what came of them.",
                kind: .counter, label: "verdict",
                values: [
                    "allowed": Double(checks.allowed), "refused": Double(checks.refused),
                    "failed": Double(checks.failed),
                ]),
            counter(
                "duet_endorsement_checks_kept_total", "Endorsement checks that an earlier verdict answered.",
                checks.cached),
            MetricFamily(
                name: "duet_contract_function_calls_total",
                help: "Functions that contracts called, by what came of it.", kind: .counter, label: "outcome",
                values: Dictionary(uniqueKeysWithValues: calls)),
            counter("duet_answers_committed_total", "Answers whose transactions all took effect.", counts.committed),
            counter("duet_answers_refused_total", "Answers that could not take effect.", counts.refused),
            counter(
                "duet_answer_transactions_total", "Transactions of answers that took effect.", counts.transactions),
            counter(
                "duet_answer_conflicts_total", "Attempts of answered transactions that lost a conflict.",
                counts.conflicts),
        ]
    }
}

/// The platform as the parts of the ledger call it.
struct PlatformFunctions: FunctionInvoking {
    let platform: FunctionPlatform

    func invoke(_ invocation: Invocation) async throws(FunctionError) -> InvocationReport {
        try await platform.invoke(invocation)
    }

    func find(_ target: FunctionTarget) throws(FunctionError) {
        _ = try platform.registry.read { registry throws(FunctionError) in try registry.resolve(target, draw: 0) }
    }
}

/// The function platform, which is made after what it offers to its instances.
private final class PlatformReference: Sendable {
    private let platform = Mutex<FunctionPlatform?>(nil)

    var value: FunctionPlatform? { platform.withLock { $0 } }

    func set(_ value: FunctionPlatform) {
        platform.withLock { $0 = value }
    }
}
