internal import FabricTypes
internal import FunctionTypes
internal import LedgerCore
internal import PeerService
internal import TriggerCore
internal import TriggerService

/// Puts together what an organisation's node knows of a transaction: what was asked before it, what it set off, and what that
/// wrote back, level by level.
struct TransactionTracer: Sendable {
    let sources: TraceSources
    let organization: OrganizationName
    let limits: TraceLimits

    /// Of one transaction that are told.
    private static let deliveryCountMax = 500

    /// A transaction in a block.
    struct Place {
        var channel: PeerChannel
        var block: LedgerBlock
        var index: Int

        var transaction: LedgerTransaction { block.transactions[index] }
        var id: String { transaction.transactionID }
    }

    // MARK: - Finding

    /// A transaction by its id, or by `<block>:<index>`; nil where the ledger has none.
    func place(_ text: String, on channel: PeerChannel) async throws -> Place? {
        if let version = NetworkAPI.place(text) {
            return try await place(version.blockNumber, Int(clamping: version.transactionIndex), on: channel)
        }
        let id = Bytes(text)
        guard let position = try await channel.read({ try $0.position(ofTransaction: id) }) else { return nil }
        return try await place(position.blockNumber, position.transactionIndex, on: channel)
    }

    func place(_ number: UInt64, _ index: Int, on channel: PeerChannel) async throws -> Place? {
        guard let bytes = try await channel.block(number) else { return nil }
        let block = try LedgerBlock(decoding: bytes, isCommitted: true)
        return block.transactions.indices.contains(index) ? Place(channel: channel, block: block, index: index) : nil
    }

    /// On the channel that is tried first, else on any that the organisation's peers have joined.
    func place(of id: String, first channel: PeerChannel?) async throws -> Place? {
        let rest = NetworkAPI(network: sources.network).channels(of: organization.rawValue)
            .filter { $0.id != channel?.id }
        for candidate in (channel.map { [$0] } ?? []) + rest {
            if let found = try await place(id, on: candidate) { return found }
        }
        return nil
    }

    // MARK: - Telling

    /// - Parameters:
    ///   - level: how many transactions stand between this one and the one that was asked for.
    func trace(_ place: Place, level: Int, _ budget: inout TraceBudget) async throws -> NetworkJSON {
        budget.transactionCount -= 1
        var members = Self.facts(of: place)
        members["cause"] = try await cause(of: place)
        if let record = try await submission(of: place.id) {
            members["submittedBy"] = .string(record.requestID)
        }
        let page = try await page(place.id, place, level: level, &budget)
        var rest = page.records
        members["checks"] = .array(try await checks(place.id, taking: &rest, &budget))
        members["calls"] = .array(try await calls(place.id, place.transaction, taking: &rest, &budget))
        members["triggers"] = .array(try await deliveries(place, taking: &rest, level: level, &budget))
        members["invocations"] = .array(
            try await invocations(rest, on: place.channel, level: level, &budget))
        members["next"] = page.next.map { .string("\($0)") }
        members["isComplete"] = .bool(page.next == nil && budget.transactionCount > 0 && budget.invocationCount > 0)
        return .object(members)
    }

    /// Of a proposal that no block holds: refused, or on its way.
    func trace(ofProposal id: String, on channel: PeerChannel) async throws -> NetworkJSON? {
        var budget = TraceBudget()
        let page = try await page(id, nil, level: 0, &budget)
        var rest = page.records
        let checks = try await checks(id, taking: &rest, &budget)
        let calls = try await calls(id, nil, taking: &rest, &budget)
        guard !checks.isEmpty || !calls.isEmpty || !rest.isEmpty else { return nil }
        var members: [String: NetworkJSON] = [
            "transaction": .string(id), "channel": .string(channel.id.rawValue), "checks": .array(checks),
            "calls": .array(calls), "triggers": [], "isComplete": .bool(page.next == nil),
        ]
        members["traceId"] = .text(TraceContext.context(ofTransaction: id)?.traceID)
        members["invocations"] = .array(try await invocations(rest, on: channel, level: 0, &budget))
        members["next"] = page.next.map { .string("\($0)") }
        return .object(members)
    }

    static func facts(of place: Place) -> [String: NetworkJSON] {
        let transaction = place.transaction
        let action = transaction.action
        let context = TraceContext.context(of: action, transactionID: place.id)
        var members: [String: NetworkJSON] = [
            "transaction": .string(place.id), "channel": .string(place.channel.id.rawValue),
            "block": .integer(Int64(clamping: place.block.number)), "index": .integer(Int64(place.index)),
            "code": .string(transaction.code.name), "isValid": .bool(transaction.code.isValid),
        ]
        if let time = transaction.channelHeader?.timestamp {
            members["time"] = .string(NetworkText.time(seconds: time.seconds, nanoseconds: time.nanoseconds))
        }
        members["creator"] = transaction.creator.isEmpty ? nil : NetworkText.identity(transaction.creator)
        members["contract"] = .text(action?.contract.lossyText)
        members["function"] = .text(action?.function.utf8Text.map { String($0.prefix(200)) })
        members["traceId"] = .text(context?.traceID)
        members["traceparent"] = .text(context?.description)
        return members
    }

    // MARK: - Upwards

    /// The event that set the transaction off, as its function's node wrote it into the proposal.
    private func cause(of place: Place) async throws -> NetworkJSON? {
        guard let cause = place.transaction.action?.cause else { return nil }
        let parts = cause.eventID.split(separator: "/", maxSplits: 1).map(String.init)
        var members: [String: NetworkJSON] = [
            "depth": .integer(Int64(cause.depth)), "triggerId": .string(cause.triggerID),
            "event": .string(cause.eventID),
        ]
        if let entry = sources.triggers.views(of: organization).map(\.entry).first(where: { $0.id == cause.triggerID })
        {
            members["service"] = .string(entry.target.id.service.rawValue)
            members["function"] = .string(entry.target.id.function.rawValue)
            members["trigger"] = .string(entry.name.rawValue)
        }
        if parts.count == 2, let point = LedgerPoint(parts[1]) {
            members["channel"] = .string(parts[0])
            members["block"] = .integer(Int64(clamping: point.block))
            let channel = NetworkAPI(network: sources.network).channels(of: organization.rawValue)
                .first { $0.id.rawValue == parts[0] }
            if let channel, let origin = try await self.place(point.block, point.transaction, on: channel) {
                members["index"] = .integer(Int64(point.transaction))
                members["transaction"] = .string(origin.id)
            }
        }
        return .object(members)
    }

    private func submission(of id: String) async throws -> SubmissionRecord? {
        let organization = organization
        return try await sources.journal.read { try $0.submission(of: id, by: organization) }
    }

    // MARK: - What was asked

    private func page(
        _ id: String, _ place: Place?, level: Int, _ budget: inout TraceBudget
    ) async throws -> (records: [InvocationRecord], next: Int64?) {
        let (organization, after) = (organization, level == 0 ? limits.after : 0)
        let limit = max(0, min(limits.invocationCount, budget.invocationCount))
        let found = try await sources.journal.read { store in
            try store.invocations(.transaction(id), of: organization, after: after, limit: limit + 1)
        }
        var records = found.prefix(limit).map(\.record)
        if let place, after == 0 {
            let block = TracePlace.block(channel: place.channel.id.rawValue, number: place.block.number)
            let rest = limit - records.count
            let ofBlock = try await sources.journal.read { store in
                try store.invocations(block, of: organization, after: 0, limit: rest)
            }
            records += ofBlock.map(\.record)
        }
        budget.invocationCount -= records.count
        return (records, found.count > limit ? found.prefix(limit).last?.number ?? after : nil)
    }

    private func checks(
        _ id: String, taking records: inout [InvocationRecord], _ budget: inout TraceBudget
    ) async throws -> [NetworkJSON] {
        var filter = CheckFilter(organization: organization)
        filter.transactionID = id
        var verdicts: [NetworkJSON] = []
        for verdict in try await sources.checker.records(filter).reversed() {
            var members = EndorsementCheckAPI.json(verdict).objectValue ?? [:]
            if let index = records.firstIndex(where: { $0.requestID == verdict.requestID }) {
                members["invocation"] = try await invocation(records.remove(at: index), &budget)
            }
            verdicts.append(.object(members))
        }
        return verdicts
    }

    /// Functions that the contract asked: what this node knows of each, and what stands in the transaction. Each organisation asked
    /// its own function, so that a recorded answer may be known to others alone.
    private func calls(
        _ id: String, _ transaction: LedgerTransaction?, taking records: inout [InvocationRecord],
        _ budget: inout TraceBudget
    ) async throws -> [NetworkJSON] {
        var filter = CallFilter(organization: organization)
        filter.transactionID = id
        var recorded = transaction.map(Self.recordedCalls) ?? []
        var told: [NetworkJSON] = []
        for call in try await sources.caller.records(filter).reversed() {
            let place = recorded.firstIndex {
                $0.call.request == Bytes(call.requestDigest) && $0.call.answer == Bytes(call.answerDigest)
            }
            if let place { recorded.remove(at: place) }
            var members: [String: NetworkJSON] = [
                "contract": .string(call.contract), "requestHash": .string(call.requestDigest),
                "isRecorded": .bool(place != nil), "organization": .string(call.organization.rawValue),
                "service": .string(call.service.rawValue), "function": .string(call.function.rawValue),
                "outcome": .string(call.outcome.rawValue), "requestId": .string(call.requestID),
                "durationMicroseconds": .integer(call.durationMicroseconds), "at": .string(call.at.iso8601Milliseconds),
            ]
            if !call.answerDigest.isEmpty { members["answerHash"] = .string(call.answerDigest) }
            if !call.message.isEmpty { members["message"] = .string(call.message) }
            if let index = records.firstIndex(where: { $0.requestID == call.requestID }) {
                members["invocation"] = try await invocation(records.remove(at: index), &budget)
            }
            told.append(.object(members))
        }
        return told
            + recorded.map {
                [
                    "contract": .string($0.contract), "requestHash": .string($0.call.request.lossyText),
                    "answerHash": .string($0.call.answer.lossyText), "isRecorded": true,
                ]
            }
    }

    private static func recordedCalls(_ transaction: LedgerTransaction) -> [(contract: String, call: RecordedCall)] {
        guard let action = transaction.action else { return [] }
        return action.readWriteSet.namespaces.flatMap { namespace in
            namespace.publicSet.recordedCalls.prefix(1_000).map {
                (contract: namespace.namespace.lossyText, call: $0)
            }
        }
    }

    // MARK: - What it set off

    private func deliveries(
        _ place: Place, taking records: inout [InvocationRecord], level: Int, _ budget: inout TraceBudget
    ) async throws -> [NetworkJSON] {
        let channel = place.channel.id.rawValue
        let found = try await sources.triggers.deliveries(
            ofTransaction: "\(place.block.number):\(place.index)", on: channel, organization: organization)
        var told: [NetworkJSON] = []
        for delivery in found.prefix(Self.deliveryCountMax) {
            let event = delivery.point.eventID(channel: channel)
            var members = facts(delivery)
            members["event"] = .string(event)
            let isIts = { (record: InvocationRecord) in
                record.triggerID == delivery.entry?.id && (record.replayID ?? "") == delivery.replayID
                    && (record.eventCount > 1 || record.eventID == event)
            }
            let own = records.filter(isIts)
            records.removeAll(where: isIts)
            members["invocations"] = .array(try await invocations(own, on: place.channel, level: level, &budget))
            var answered: [(id: String, channel: PeerChannel, via: String)] = []
            if case .ended(let outcome) = delivery.standing {
                answered = outcome.transactionIDs.map { (id: $0, channel: place.channel, via: "answer") }
            }
            members["transactions"] = .array(try await transactions(answered, level: level, &budget))
            told.append(.object(members))
        }
        return told
    }

    private func facts(_ delivery: TransactionDelivery) -> [String: NetworkJSON] {
        var members: [String: NetworkJSON] = [
            "organization": .string(delivery.organization), "service": .string(delivery.service),
            "function": .string(delivery.function), "triggerType": .string(delivery.source.rawValue),
        ]
        members["trigger"] = .text(delivery.entry?.name.rawValue)
        members["sink"] = .text(delivery.entry?.trigger.sink?.url)
        members["replay"] = delivery.replayID.isEmpty ? nil : .string(delivery.replayID)
        switch delivery.standing {
        case .parked: members["status"] = "parked"
        case .elsewhere: members["status"] = "elsewhere"
        case .waiting:
            members["status"] = "waiting"
            let view = sources.triggers.views(of: organization).first { $0.entry.id == delivery.entry?.id }
            members["reason"] = .text(view?.status.condition.reason)
        case .ended(let outcome):
            members["status"] = .string(outcome.status.rawValue)
            members["requestId"] = .string(outcome.requestID)
            members["versionId"] = .text(outcome.version?.description)
            members["attemptCount"] = .integer(Int64(outcome.attemptCount))
            members["batchCount"] = .integer(Int64(outcome.batchCount))
            members["error"] = .text(outcome.error)
            members["endedAt"] = .string(outcome.endedAt.iso8601Milliseconds)
        }
        return members
    }

    private func invocations(
        _ records: [InvocationRecord], on channel: PeerChannel, level: Int, _ budget: inout TraceBudget
    ) async throws -> [NetworkJSON] {
        var told: [NetworkJSON] = []
        for record in records {
            var members = try await invocation(record, &budget).objectValue ?? [:]
            let (id, organization) = (record.requestID, organization)
            let submitted = try await sources.journal.read { try $0.submissions(by: id, of: organization) }
            let ids = submitted.map { submission in
                (id: submission.transactionID, channel: self.channel(submission.channel) ?? channel, via: "call")
            }
            members["transactions"] = .array(try await transactions(ids, level: level, &budget))
            told.append(.object(members))
        }
        return told
    }

    func channel(_ name: String) -> PeerChannel? {
        NetworkAPI(network: sources.network).channels(of: organization.rawValue).first { $0.id.rawValue == name }
    }

    /// Transactions that functions wrote, each with its own trace as far as is told.
    private func transactions(
        _ written: [(id: String, channel: PeerChannel, via: String)], level: Int, _ budget: inout TraceBudget
    ) async throws -> [NetworkJSON] {
        var told: [NetworkJSON] = []
        for transaction in written.prefix(1_000) {
            var members: [String: NetworkJSON] = [
                "transaction": .string(transaction.id), "via": .string(transaction.via),
                "channel": .string(transaction.channel.id.rawValue),
            ]
            if level < limits.depth, budget.transactionCount > 0,
                let place = try await place(of: transaction.id, first: transaction.channel)
            {
                members["channel"] = .string(place.channel.id.rawValue)
                members["trace"] = try await trace(place, level: level + 1, &budget)
            }
            told.append(.object(members))
        }
        return told
    }
}
