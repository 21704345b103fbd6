internal import FabricTypes
package import FunctionTypes
package import Logging
internal import ServiceLifecycle
internal import Synchronization
package import TriggerCore

/// Asks functions about proposals before they are simulated.
///
/// Verdicts are bounded in time, kept for a while where a check says so, and recorded in the background: nothing of it but the
/// function itself is on the path of a proposal. ``run()`` must run; without it every check fails as its ``EndorsementCheck/OnError``
/// says.
package final class EndorsementChecker: Service {
    /// A check as it is declared on a function.
    package struct Declared: Hashable, Sendable {
        package var organization: OrganizationName
        package var name: TriggerName
        package var target: FunctionTarget
        package var check: EndorsementCheck
        /// Another one once the function was changed: no verdict of older code is used.
        package var revision: String

        package init(
            organization: OrganizationName, name: TriggerName, target: FunctionTarget, check: EndorsementCheck,
            revision: String
        ) {
            self.organization = organization
            self.name = name
            self.target = target
            self.check = check
            self.revision = revision
        }
    }

    private struct Place: Hashable {
        var channel: String
        var contract: String
    }

    private let functions: AskedFunctions
    private let store: any CheckStore
    private let records: BackgroundRecords<CheckRecord>
    private let spans: (any SpanSink)?
    private let makeRequestID: @Sendable () -> String
    private let cache = VerdictCache()
    private let now: @Sendable () -> FunctionTypes.Timestamp
    private let uptime: @Sendable () -> Duration
    private let declared = Mutex<[Place: [Declared]]>([:])
    private let counts = Mutex(CheckCounts())

    /// - Parameters:
    ///   - now: the wall clock.
    ///   - uptime: time since some fixed moment.
    ///   - sleep: lets time pass; throws when cancelled.
    package init(
        functions: any FunctionInvoking, store: any CheckStore, spans: (any SpanSink)? = nil, logger: Logger,
        makeRequestID: @escaping @Sendable () -> String,
        now: @escaping @Sendable () -> FunctionTypes.Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.functions = AskedFunctions(functions: functions, sleep: sleep)
        self.store = store
        records = BackgroundRecords(logger: logger) { try store.add($0) }
        self.spans = spans
        self.makeRequestID = makeRequestID
        self.now = now
        self.uptime = uptime
    }

    // MARK: - What is declared

    /// Puts all checks of the node in the place of those before.
    package func declare(_ all: [Declared]) {
        let byPlace = Dictionary(grouping: all) { Place(channel: $0.check.channel, contract: $0.check.contract) }
        declared.withLock { $0 = byPlace }
    }

    package var hasAny: Bool { declared.withLock { !$0.isEmpty } }

    /// Whether an organisation's peers ask anything about calls of a contract.
    package func areDeclared(for contract: String, on channel: String, by organization: String) -> Bool {
        declared.withLock { declared in
            declared[Place(channel: channel, contract: contract)]?
                .contains { $0.organization.rawValue == organization } ?? false
        }
    }

    package var checkCounts: CheckCounts { counts.withLock { $0 } }

    /// What came of checks, newest first.
    package func records(_ filter: CheckFilter) async throws -> [CheckRecord] {
        try await records.read { [store] in try store.records(filter) }
    }

    // MARK: - Asking

    /// Asks every check that covers the proposal, all at once.
    ///
    /// - Returns: why it is refused, for its client to read; nil to go on.
    package func refusal(of question: CheckQuestion) async -> String? {
        let checks = declared.withLock { declared in
            (declared[Place(channel: question.channel, contract: question.contract)] ?? [])
                .filter {
                    $0.organization.rawValue == question.organization.rawValue && $0.check.covers(question.function)
                }
        }
        guard !checks.isEmpty else { return nil }
        guard question.depth < EndorsementDepth.depthMax else {
            return
                "\(question.depth) functions in a row were asked on the way to this proposal, which is all that may: endorsement "
                + "checks that evaluate the contract they check ask themselves. Name the contract's functions in the checks."
        }
        return await withTaskGroup(of: (Int, String?).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await self.refusal(of: question, by: check)) }
            }
            var refusals: [(Int, String)] = []
            for await (index, refusal) in group {
                if let refusal { refusals.append((index, refusal)) }
            }
            return refusals.min { $0.0 < $1.0 }?.1
        }
    }

    private func refusal(of question: CheckQuestion, by declared: Declared) async -> String? {
        let start = uptime()
        let seconds = declared.check.cacheSeconds
        let key = VerdictCache.Key(
            function: declared.target, name: declared.name, revision: declared.revision,
            question: question.cacheKey(
                by: declared.check.cacheBy, showingTransientValues: declared.check.showsTransientValues))
        if seconds > 0, let kept = cache.answer(key, now: now()) {
            return finish(question, declared, .answered(kept), isCached: true, start: start, requestID: "")
        }
        let requestID = makeRequestID()
        let outcome = await ask(question, declared, requestID: requestID)
        if seconds > 0, case .answered(let answer) = outcome {
            cache.keep(answer, key, for: .seconds(seconds), now: now())
        }
        return finish(question, declared, outcome, isCached: false, start: start, requestID: requestID)
    }

    private enum Outcome: Sendable {
        case answered(CheckAnswer)
        /// Why there is no verdict.
        case failed(String)
    }

    private func ask(_ question: CheckQuestion, _ declared: Declared, requestID: String) async -> Outcome {
        let invocation = Invocation(
            requestID: requestID, target: declared.target,
            payload: .event(question.event(showingTransientValues: declared.check.showsTransientValues).jsonBytes),
            origin: .endorsement(declared.name, depth: question.depth + 1),
            traceparent: CheckSpan.context(of: question, declared)?.description,
            logFields: [
                "trigger": declared.name.rawValue, "channel": question.channel, "txId": question.transactionID,
            ])
        let seconds = declared.check.timeoutSeconds
        switch await functions.ask(invocation, within: .seconds(seconds)) {
        case .outcome(let outcome): return Self.outcome(of: outcome)
        case .refused(let error): return .failed(error.message)
        case .timedOut: return .failed("it did not answer within \(seconds) s")
        case .notStarted(let reason): return .failed(reason)
        case .tooMany: return .failed("too many checks are being asked")
        case .callerWentAway: return .failed("the caller went away")
        }
    }

    private static func outcome(of outcome: InvocationOutcome) -> Outcome {
        switch outcome {
        case .event(let bytes):
            do throws(InvalidCheckAnswer) {
                return .answered(try CheckAnswer(bytes))
            } catch {
                return .failed(error.description)
            }
        case .failure(let failure): return .failed("\(failure.errorType): \(failure.message)")
        case .http: return .failed("it answered as an HTTP function")
        }
    }

    // MARK: - Verdicts

    private func finish(
        _ question: CheckQuestion, _ declared: Declared, _ outcome: Outcome, isCached: Bool, start: Duration,
        requestID: String
    ) -> String? {
        let verdict: CheckRecord.Verdict
        let reason: String
        switch outcome {
        case .answered(.allow): (verdict, reason) = (.allowed, "")
        case .answered(.refuse(let message)): (verdict, reason) = (.refused, message)
        case .failed(let message):
            (verdict, reason) = (declared.check.onError == .allow ? .failedAllowed : .failedRefused, message)
        }
        let record = CheckRecord(
            question: question, organization: declared.organization, service: declared.target.id.service,
            checkFunction: declared.target.id.function, check: declared.name, verdict: verdict, message: reason,
            isCached: isCached, duration: uptime() - start, requestID: requestID, at: now())
        let isKept = records.keep(record)
        if let spans { CheckSpan.record(record, of: question, declared, duration: uptime() - start, in: spans) }
        counts.withLock { $0.count(verdict, isCached: isCached, isDropped: !isKept) }
        guard !verdict.isAllowed else { return nil }
        let name =
            "Endorsement check \"\(declared.name)\" (\(declared.target.id.service)/\(declared.target.id.function)) of "
            + "\(declared.organization)"
        return verdict == .refused
            ? "\(name) refused: \(reason)" : "\(name) gave no verdict and refuses then: \(reason)"
    }

    // MARK: - Running

    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.functions.run() }
    }
}
