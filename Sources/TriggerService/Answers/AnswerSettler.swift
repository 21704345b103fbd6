package import FabricTypes
internal import FunctionTypes
package import Logging
internal import Membership
internal import Synchronization
package import TriggerCore

/// Brings what triggered functions answer into the ledger, each transaction exactly once.
///
/// Before the first transaction is submitted the answer is on disk; from then on that answer counts, whatever the function
/// would answer if it were asked again. Any number of answers may be settled at once; one key is settled by one caller at a time.
package final class AnswerSettler: AnswerHandler {
    package struct Configuration: Sendable {
        package var progress = AnswerProgress.Limits()
        /// Functions between a client's transaction and the last one it may lead to.
        package var causeDepthMax = 8
        package var endorsementTimeout = Duration.seconds(35)
        package var submissionTimeout = Duration.seconds(30)

        package init() {}
    }

    private let configuration: Configuration
    private let storage: AnswerStorage
    private let gateways: any LedgerGateways
    private let identities: any ServiceIdentities
    private let now: @Sendable () -> FabricTypes.Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void
    private let spans: (any SpanSink)?
    private let logger: Logger
    private let counts = Mutex(AnswerCounts())

    /// - Parameters:
    ///   - now: the wall clock.
    ///   - sleep: lets time pass; throws when cancelled.
    package init(
        store: any AnswerStore, gateways: any LedgerGateways, identities: any ServiceIdentities,
        configuration: Configuration = Configuration(), spans: (any SpanSink)? = nil, logger: Logger,
        now: @escaping @Sendable () -> FabricTypes.Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        storage = AnswerStorage(store: store)
        self.gateways = gateways
        self.identities = identities
        self.configuration = configuration
        self.spans = spans
        self.logger = logger
        self.now = now
        self.sleep = sleep
    }

    /// What was done so far, for metrics.
    package var answerCounts: AnswerCounts { counts.withLock { $0 } }

    package func pending(_ key: AnswerKey) async throws -> HandlerAnswer? {
        try await storage.read { try $0.record(key) }?.answer
    }

    package func unforgotten(triggerID: String, replayID: String) async throws -> [HandlerAnswer] {
        try await storage.read { try $0.records(triggerID: triggerID, replayID: replayID) }.map(\.answer)
    }

    package func forget(_ key: AnswerKey) async throws {
        try await storage.perform(.remove(key))
    }

    package func partlyRefused(triggerID: String) async throws -> [PartlyRefusedAnswer] {
        try await storage.read { try $0.records(triggerID: triggerID, replayID: "") }.compactMap { record in
            guard record.standing == .open, let refusal = record.refusal else { return nil }
            return PartlyRefusedAnswer(
                key: record.answer.key, committedIDs: record.committedIDs, refusal: refusal, storedAt: record.storedAt)
        }
    }

    package func giveUp(_ key: AnswerKey) async throws -> Bool {
        guard var record = try await storage.read({ try $0.record(key) }), record.standing == .open,
            record.refusal != nil
        else { return false }
        record.standing = .committed(record.committedIDs)
        record.answer.response = []
        try await storage.perform(.put(record))
        return true
    }

    package func settle(_ answer: HandlerAnswer) async throws -> AnswerOutcome {
        if let stored = try await storage.read({ try $0.record(answer.key) }) {
            // The first answer counts, also where the function has been asked again since.
            return try await settle(stored)
        }
        let calls: [LedgerCall]
        do throws(InvalidLedgerCall) {
            calls = try Self.calls(of: answer)
        } catch {
            return refused("The function's answer cannot be carried out: \(error)")
        }
        guard !calls.isEmpty else { return .none }
        if let reason = loopReason(of: answer) { return refused(reason) }
        if let reason = try await overlapReason(of: answer) { return refused(reason) }
        let identity = try await identity(of: answer)
        let record = AnswerRecord(
            answer: answer, certificateID: identity.certificateID,
            storedAt: FunctionTypes.Timestamp(seconds: now().seconds))
        try await storage.perform(.put(record))
        return try await carryOut(calls, record, isContinued: false)
    }

    private func settle(_ stored: AnswerRecord) async throws -> AnswerOutcome {
        if case .committed(let ids) = stored.standing { return .committed(ids) }
        return try await carryOut(try Self.calls(of: stored.answer), stored, isContinued: true)
    }

    // MARK: - Before the first transaction

    private static func calls(of answer: HandlerAnswer) throws(InvalidLedgerCall) -> [LedgerCall] {
        let channels = Set(answer.events.map(\.channel))
        return try AnsweredTransactions.parse(answer.response, channel: channels.count == 1 ? channels.first : nil)
    }

    private func loopReason(of answer: HandlerAnswer) -> String? {
        let depth = (answer.events.map(\.causeDepth).max() ?? 0) + 1
        guard depth > configuration.causeDepthMax else { return nil }
        return "The function answers transactions to an event that \(depth - 1) functions in a row led to; "
            + "\(configuration.causeDepthMax) are the most. Its own transactions seem to trigger it: leave them out by the "
            + "trigger's filter."
    }

    /// An event that went along in another batch, whose answer took effect in part, has its transactions from there.
    private func overlapReason(of answer: HandlerAnswer) async throws -> String? {
        let (key, events) = (answer.key, Set(answer.key.eventIDs))
        let others = try await storage.read { try $0.records(triggerID: key.triggerID, replayID: key.replayID) }
        let other = others.first { record in
            record.standing == .open && record.committedCount > 0
                && !events.isDisjoint(with: record.answer.key.eventIDs)
        }
        guard let other else { return nil }
        return "Of the answer to a batch of \(other.answer.key.eventIDs.count) events, to which this one belongs, "
            + "\(other.committedCount) transactions took effect and the next one was refused: another answer to a part of it could "
            + "repeat them. Deliver the batch as it was."
    }

    private func identity(of answer: HandlerAnswer) async throws -> ServiceIdentity {
        do {
            return try await identities.identity(of: answer.service, answer.organization)
        } catch {
            throw AnswerError(
                .noIdentity,
                "Service \"\(answer.service)\" of \(answer.organization) cannot sign transactions: \(error)")
        }
    }

    private func refused(_ reason: String) -> AnswerOutcome {
        counts.withLock { $0.refused += 1 }
        return .refused(reason)
    }

    // MARK: - Transactions

    private func carryOut(
        _ calls: [LedgerCall], _ stored: AnswerRecord, isContinued: Bool
    ) async throws -> AnswerOutcome {
        var record = stored
        let answer = record.answer
        let identity = try await identities.identity(
            of: answer.service, answer.organization, certificateID: record.certificateID)
        guard let gateway = gateways.gateway(of: identity.signer.mspID) else {
            throw AnswerError(
                .undecided,
                "This node has no peer of \(answer.organization), through which its services send transactions.")
        }
        var run = AnswerRun(
            answer: answer, calls: calls, identity: identity, gateway: gateway, configuration: configuration, now: now,
            spans: spans,
            progress: AnswerProgress(count: calls.count, isContinued: isContinued, limits: configuration.progress))
        let end = try await run.run(sleep: sleep)
        let committedCount = max(run.progress.committedCount, record.committedCount)
        counts.withLock { counts in
            counts.conflicts += run.conflictCount
            counts.transactions += committedCount - record.committedCount
        }
        record.committedCount = committedCount
        switch end {
        case .committed:
            let ids = run.transactionIDs.map(\.rawValue)
            record.standing = .committed(ids)
            record.answer.response = []
            try await storage.perform(.put(record))
            counts.withLock { $0.committed += 1 }
            return .committed(ids)
        case .refused(let index, let reason):
            record.committedIDs = run.transactionIDs.map(\.rawValue)
            record.refusal = Self.refusal(index, of: calls, reason)
            // Without any effect there is nothing that a second answer could contradict.
            try await storage.perform(committedCount == 0 ? .remove(answer.key) : .put(record))
            log(answer, "Transaction of a function was refused", index, reason)
            return refused(Self.refusal(index, of: calls, reason))
        case .undecided(let index, let reason):
            if record != stored { try await storage.perform(.put(record)) }
            log(answer, "Transaction of a function has no outcome yet", index, reason)
            throw AnswerError(
                .undecided,
                "Transaction \(index + 1) of \(calls.count) that service \"\(answer.service)\" answered has no outcome yet: "
                    + "\(reason). It is tried again.")
        }
    }

    private static func refusal(_ index: Int, of calls: [LedgerCall], _ reason: String) -> String {
        let before = index == 0 ? "" : " The \(index) before it took effect and will not be repeated."
        return "Transaction \(index + 1) of \(calls.count) that the function answered, of contract "
            + "\"\(calls[index].contract.lossyText)\" on channel \"\(calls[index].channel)\", did not take effect: "
            + "\(reason).\(before)"
    }

    private func log(_ answer: HandlerAnswer, _ message: Logger.Message, _ index: Int, _ reason: String) {
        logger.warning(
            message,
            metadata: [
                "service.name": "\(answer.service)", "trigger.id": "\(answer.key.triggerID)",
                "event.id": "\(answer.key.eventIDs.first ?? "")", "transaction.index": "\(index)",
                "reason": "\(reason)",
            ])
    }
}

/// What was done with answers since the node was started.
package struct AnswerCounts: Hashable, Sendable {
    /// Answers of which all transactions took effect.
    package var committed = 0
    package var refused = 0
    /// Transactions that took effect.
    package var transactions = 0
    /// Attempts that the ledger found invalid, or a gateway stale.
    package var conflicts = 0
}
