internal import FabricTypes
internal import FunctionCore
internal import FunctionService
internal import FunctionStorage
internal import FunctionTypes
internal import Logging
internal import Membership
internal import NodeHTTP
internal import Synchronization
internal import TriggerService

/// How the node's functions reach its ledgers: who they are there, their calls while they run, and what becomes of their answers.
struct FunctionLedger: Sendable {
    let identities: ServiceIdentityKeeper
    let calls: LedgerCalls
    /// For triggers: brings what functions answer into the ledger.
    let answers: AnswerSettler
    /// Offered to every instance; runs with the functions.
    let sockets: LedgerSockets
    private let platform: PlatformReference

    /// - Parameter database: keeps the answers.
    init(_ base: NodeBase, _ network: NetworkPart, database: FunctionDatabase) {
        identities = ServiceIdentityKeeper(
            folder: base.folder + "/services", issuer: network.identities, signatures: network.signatures,
            now: { SystemClock.now.seconds })
        calls = LedgerCalls(gateways: network.ledgers, identities: identities, now: { SystemClock.now })
        answers = AnswerSettler(
            store: database, gateways: network.ledgers, identities: identities, logger: base.logger,
            now: { SystemClock.now })
        let platform = PlatformReference()
        self.platform = platform
        sockets = LedgerSockets(
            calls: calls, invocation: { platform.value?.running($0, on: $1) }, logger: base.logger)
    }

    /// Whose invocations may call; none may before.
    func serve(_ platform: FunctionPlatform) {
        self.platform.set(platform)
    }

    func metrics() -> [MetricFamily] {
        let counts = answers.answerCounts
        func counter(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
            MetricFamily(name: name, help: help, kind: .counter, values: ["": Double(value)])
        }
        return [
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

/// The function platform, which is made after what it offers to its instances.
private final class PlatformReference: Sendable {
    private let platform = Mutex<FunctionPlatform?>(nil)

    var value: FunctionPlatform? { platform.withLock { $0 } }

    func set(_ value: FunctionPlatform) {
        platform.withLock { $0 = value }
    }
}
