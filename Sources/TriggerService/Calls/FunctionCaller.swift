package import FabricTypes
package import FunctionTypes
package import Logging
internal import ServiceLifecycle
internal import Synchronization
package import TriggerCore

/// Asks functions for contracts.
///
/// Only functions that say so may be called, by the contracts that they name. Calls are bounded in time and recorded in the
/// background. ``run()`` must run; without it every call times out.
package final class FunctionCaller: Service {
    /// A function that declares itself.
    package struct Declared: Hashable, Sendable {
        package var organization: OrganizationName
        package var name: TriggerName
        package var target: FunctionTarget
        package var callable: CallableFunction

        package init(
            organization: OrganizationName, name: TriggerName, target: FunctionTarget, callable: CallableFunction
        ) {
            self.organization = organization
            self.name = name
            self.target = target
            self.callable = callable
        }
    }

    /// A contract's call.
    package struct Question: Sendable {
        /// The organisation of the peer that runs the contract.
        package var organization: MSPID
        package var request: FunctionRequest
        package var channel: String
        package var contract: String
        package var transactionID: String
        /// How many functions were asked on the way to this proposal.
        package var depth: Int
        /// How long an answer is of use.
        package var remaining: Duration
        /// W3C trace context of the proposal where its client gave one.
        package var traceparent: String?

        package init(
            organization: MSPID, request: FunctionRequest, channel: String, contract: String, transactionID: String,
            depth: Int, remaining: Duration, traceparent: String? = nil
        ) {
            self.organization = organization
            self.request = request
            self.channel = channel
            self.contract = contract
            self.transactionID = transactionID
            self.depth = depth
            self.remaining = remaining
            self.traceparent = traceparent
        }

        /// How errors begin.
        var subject: String {
            "Function \"\(request.function)\" of \(organization), called by contract \"\(contract)\","
        }
    }

    private struct Place: Hashable {
        var organization: String
        var channel: String
        var contract: String
        /// `service/function`
        var function: String
    }

    private let functions: AskedFunctions
    private let store: any CallStore
    private let records: BackgroundRecords<CallRecord>
    private let spans: (any SpanSink)?
    private let makeRequestID: @Sendable () -> String
    private let now: @Sendable () -> FunctionTypes.Timestamp
    private let uptime: @Sendable () -> Duration
    private let declared = Mutex<[Place: Declared]>([:])
    private let counts = Mutex<[CallRecord.Outcome: Int]>([:])

    /// - Parameters:
    ///   - now: the wall clock.
    ///   - uptime: time since some fixed moment.
    ///   - sleep: lets time pass; throws when cancelled.
    package init(
        functions: any FunctionInvoking, store: any CallStore, spans: (any SpanSink)? = nil, logger: Logger,
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

    /// Puts all callable functions of the node in the place of those before. Of several events of a function for one contract
    /// the first by name counts.
    package func declare(_ all: [Declared]) {
        let byPlace = Dictionary(
            all.sorted { $0.name.rawValue < $1.name.rawValue }.map { declared in
                let id = declared.target.id
                let place = Place(
                    organization: declared.organization.rawValue, channel: declared.callable.channel,
                    contract: declared.callable.contract, function: "\(id.service)/\(id.function)")
                return (place, declared)
            }, uniquingKeysWith: { first, _ in first })
        declared.withLock { $0 = byPlace }
    }

    /// How calls ended since the node was started.
    package var callCounts: [CallRecord.Outcome: Int] { counts.withLock { $0 } }

    /// What came of calls, newest first.
    package func records(_ filter: CallFilter) async throws -> [CallRecord] {
        try await records.read { [store] in try store.records(filter) }
    }

    // MARK: - Asking

    /// - Returns: what the function answered.
    package func answer(to question: Question) async throws(FunctionCallError) -> Bytes {
        let place = Place(
            organization: question.organization.rawValue, channel: question.channel, contract: question.contract,
            function: question.request.function)
        guard let declared = declared.withLock({ $0[place] }) else {
            throw FunctionCallError(
                .notCallable,
                "\(question.subject) is not there for it: no function of that name is deployed by \(question.organization) with "
                    + "an event of type ContractCall for this contract on channel \"\(question.channel)\".")
        }
        guard question.depth < EndorsementDepth.depthMax else {
            throw FunctionCallError(
                .tooDeep,
                "\(question.subject) was not asked: \(question.depth) functions in a row were asked on the way to this "
                    + "proposal, which is all that may.")
        }
        let start = uptime()
        let requestID = makeRequestID()
        let limit = min(.seconds(declared.callable.timeoutSeconds), max(.zero, question.remaining))
        let answer = await functions.ask(invocation(question, declared, requestID: requestID), within: limit)
        let result = Self.result(answer, question, limit: limit)
        keep(result, question, declared, duration: uptime() - start, requestID: requestID)
        return try result.get()
    }

    private func invocation(_ question: Question, _ declared: Declared, requestID: String) -> Invocation {
        var invocation = Invocation(
            requestID: requestID, target: declared.target, payload: .event(question.request.payload.array),
            origin: .endorsement(declared.name, depth: question.depth + 1),
            traceparent: CallSpan.context(of: question, requestID)?.description,
            logFields: [
                "trigger": declared.name.rawValue, "channel": question.channel, "txId": question.transactionID,
            ])
        invocation.isCalledByContract = true
        return invocation
    }

    private static func result(
        _ answer: AskedFunctions.Answer, _ question: Question, limit: Duration
    ) -> Result<Bytes, FunctionCallError> {
        func failure(_ code: FunctionCallError.Code, _ reason: String) -> Result<Bytes, FunctionCallError> {
            .failure(FunctionCallError(code, "\(question.subject) \(reason)"))
        }
        switch answer {
        case .outcome(.event(let bytes)):
            guard bytes.count <= FunctionRequest.answerByteCountMax else {
                return failure(
                    .tooLarge,
                    "answered \(bytes.count) bytes, of which a contract can take \(FunctionRequest.answerByteCountMax)."
                )
            }
            return .success(Bytes(bytes))
        case .outcome(.failure(let error)): return failure(.failed, "failed: \(error.errorType): \(error.message)")
        case .outcome(.http): return failure(.failed, "answered as an HTTP function, which contracts cannot read.")
        case .refused(let error):
            let isBusy = error.code == .resourceExhausted || error.code == .resourceThrottled
            return failure(isBusy ? .throttled : .failed, "was not run: \(error.message)")
        case .timedOut: return failure(.timedOut, "did not answer within \(limit.milliseconds) ms.")
        case .notStarted(let reason): return failure(.timedOut, "was not run: \(reason).")
        case .tooMany: return failure(.throttled, "was not asked: too many functions are being asked.")
        case .callerWentAway: return failure(.timedOut, "was not waited for.")
        }
    }

    private func keep(
        _ result: Result<Bytes, FunctionCallError>, _ question: Question, _ declared: Declared, duration: Duration,
        requestID: String
    ) {
        let outcome: CallRecord.Outcome
        var message = ""
        var digests = RecordedCall(request: Bytes(question.request.digest.hex), answer: Bytes())
        switch result {
        case .success(let answer): (outcome, digests) = (.answered, question.request.recorded(answer: answer))
        case .failure(let error): (outcome, message) = (CallRecord.Outcome(error.code), error.message)
        }
        counts.withLock { $0[outcome, default: 0] += 1 }
        // One that the disk does not keep up with is lost, as after a loss of power.
        let record = CallRecord(
            transactionID: question.transactionID, channel: question.channel, contract: question.contract,
            organization: declared.organization, service: declared.target.id.service,
            function: declared.target.id.function, outcome: outcome, message: message,
            requestDigest: digests.request.lossyText, answerDigest: digests.answer.lossyText, duration: duration,
            requestID: requestID, at: now())
        _ = records.keep(record)
        if let spans { CallSpan.record(record, of: question, duration: duration, in: spans) }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.functions.run() }
    }
}

extension CallRecord.Outcome {
    fileprivate init(_ code: FunctionCallError.Code) {
        switch code {
        case .timedOut: self = .timedOut
        case .throttled: self = .throttled
        case .tooLarge: self = .tooLarge
        case .failed, .invalidRequest, .notCallable, .tooDeep: self = .failed
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
