internal import FabricTypes
internal import FunctionTypes
internal import Membership
internal import TriggerCore

/// Carries out what ``AnswerProgress`` says for one answer.
struct AnswerRun {
    private let answer: HandlerAnswer
    private let calls: [LedgerCall]
    private let identity: ServiceIdentity
    private let gateway: any LedgerGateway
    private let configuration: AnswerSettler.Configuration
    private let now: @Sendable () -> FabricTypes.Timestamp
    private let spans: (any SpanSink)?
    private(set) var progress: AnswerProgress
    private(set) var conflictCount = 0
    /// Of the transactions that stand valid in the ledger, in the answer's order.
    private(set) var transactionIDs: [TransactionID] = []
    private var proposal: LedgerProposal?
    private var prepared: Envelope?
    /// When the current transaction was first endorsed.
    private var startedAt: FabricTypes.Timestamp?

    init(
        answer: HandlerAnswer, calls: [LedgerCall], identity: ServiceIdentity, gateway: any LedgerGateway,
        configuration: AnswerSettler.Configuration, now: @escaping @Sendable () -> FabricTypes.Timestamp,
        spans: (any SpanSink)? = nil, progress: AnswerProgress
    ) {
        self.answer = answer
        self.calls = calls
        self.identity = identity
        self.gateway = gateway
        self.configuration = configuration
        self.now = now
        self.spans = spans
        self.progress = progress
    }

    /// - Throws: `CancellationError`, between two steps: what was begun is found again by its id. ``AnswerError`` where the
    ///   ledger cannot be read.
    mutating func run(sleep: @Sendable (Duration) async throws -> Void) async throws -> AnswerProgress.End {
        var step = progress.start()
        while true {
            try Task.checkCancellation()
            switch step {
            case .lookUp(let index, let attempt):
                step = try await lookUp(index, attempt, within: nil)
            case .wait(let index, let attempt, let duration):
                step = try await lookUp(index, attempt, within: duration)
            case .endorse(let index, let attempt):
                step = progress.endorsed(try await endorse(index, attempt))
            case .submit:
                step = progress.submitted(try await submit())
            case .pause(let duration):
                try await sleep(duration)
                step = progress.paused()
            case .end(let end):
                return end
            }
        }
    }

    // MARK: - Steps

    private mutating func lookUp(
        _ index: Int, _ attempt: Int, within duration: Duration?
    ) async throws -> AnswerProgress.Step {
        let channel = calls[index].channel
        let id = TransactionID(nonce: nonce(index, attempt), creator: identity.signer.serialized)
        let place: LedgerPlace?
        do throws(LedgerGatewayError) {
            if let duration {
                place = try await gateway.place(waitingFor: id, on: channel, until: .now + duration)
            } else {
                place = try await gateway.place(of: id, on: channel)
            }
        } catch {
            try Task.checkCancellation()
            // A channel that was never there; one that a transaction was just sent to is.
            if error.code == .notFound, duration == nil { return progress.lookUpRefused("\(error)") }
            throw AnswerError(
                .undecided, "Channel \"\(channel)\" cannot be read, where transactions are looked up: \(error)")
        }
        if let place {
            if place.code.isValid {
                transactionIDs.append(id)
                recordSpan(index, id, place)
            } else {
                conflictCount += 1
            }
        }
        return progress.lookedUp(place?.code)
    }

    private mutating func endorse(_ index: Int, _ attempt: Int) async throws -> AnswerProgress.EndorsementResult {
        let proposal = try LedgerProposal(
            calls[index], by: identity.signer, nonce: nonce(index, attempt), decorations: decorations(index),
            now: now())
        self.proposal = proposal
        startedAt = startedAt ?? now()
        do throws(LedgerGatewayError) {
            prepared = try await gateway.endorse(
                proposal.endorseRequest, deadline: .now + configuration.endorsementTimeout)
            return .endorsed
        } catch {
            try Task.checkCancellation()
            switch error.code {
            case .stale:
                conflictCount += 1
                return .stale
            // What a contract or channel that does not exist is asked for is refused: waiting brings it no nearer.
            case .refused, .notFound: return .refused("\(error)")
            case .overloaded, .timedOut, .unavailable: return .unavailable("\(error)")
            }
        }
    }

    private mutating func submit() async throws -> AnswerProgress.SubmissionResult {
        guard let proposal, let prepared else { preconditionFailure("endorsed before it is submitted") }
        let request = try proposal.submitRequest(prepared)
        self.proposal = nil
        self.prepared = nil
        do throws(LedgerGatewayError) {
            try await gateway.submit(request, deadline: .now + configuration.submissionTimeout)
            return .accepted
        } catch {
            try Task.checkCancellation()
            switch error.code {
            case .stale:
                conflictCount += 1
                return .stale
            case .refused, .notFound: return .refused("\(error)")
            case .overloaded, .timedOut, .unavailable: return .unknown
            }
        }
    }

    private func nonce(_ index: Int, _ attempt: Int) -> Bytes {
        identity.secret.nonce(of: answer.key, index: index, attempt: attempt)
    }

    // MARK: - Cause and trace

    /// What was found in the ledger already, of a run before this one, has no span: nobody knows when it began.
    private mutating func recordSpan(_ index: Int, _ id: TransactionID, _ place: LedgerPlace) {
        guard let spans, let startedAt else { return }
        self.startedAt = nil
        let end = now()
        LedgerTrace.record(
            WrittenTransaction(
                call: calls[index], id: id, place: place, organization: answer.organization.rawValue, via: "answer",
                context: decorations(index)[LedgerTrace.traceparentName],
                parent: farthestEvent?.origin.traceparent, startedAt: startedAt, endedAt: end), in: spans)
    }

    /// Of a batch, the event that is farthest from a client's transaction speaks for all.
    private var farthestEvent: (origin: EventOrigin, id: String)? {
        let farthest = answer.events.indices.max { answer.events[$0].causeDepth < answer.events[$1].causeDepth }
        guard let place = farthest, answer.key.eventIDs.indices.contains(place) else { return nil }
        return (answer.events[place], answer.key.eventIDs[place])
    }

    /// The same in every attempt.
    private func decorations(_ index: Int) -> [Bytes: Bytes] {
        guard let (origin, eventID) = farthestEvent else { return [:] }
        return LedgerTrace.decorations(
            cause: TransactionCause(depth: origin.causeDepth + 1, triggerID: answer.key.triggerID, eventID: eventID),
            traceparent: origin.traceparent, transactionID: origin.transactionID,
            span: [answer.key.triggerID, answer.key.replayID, eventID, "\(index)"])
    }
}
