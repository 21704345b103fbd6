internal import FabricTypes
internal import FunctionTypes
internal import LogCore
internal import LogService
internal import TriggerCore
internal import TriggerService

extension TransactionTracer {
    /// An attempt with its log lines.
    func invocation(_ record: InvocationRecord, _ budget: inout TraceBudget) async throws -> JSONValue {
        var members = Self.facts(record)
        let count = max(0, min(limits.lineCount, budget.lineCount))
        if count > 0, let answer = await lines(of: record, count: count) {
            budget.lineCount -= answer.entries.count
            members["logs"] = .array(answer.entries.prefix(count).map { LogAPI.describe($0) })
            members["hasMoreLogs"] = .bool(answer.entries.count > count || !answer.isComplete)
        }
        return .object(members)
    }

    private static func facts(_ record: InvocationRecord) -> [String: JSONValue] {
        let context = TraceParent(record.traceparent)
        var members: [String: JSONValue] = [
            "requestId": .string(record.requestID), "kind": .string(record.kind.rawValue),
            "organization": .string(record.organization.rawValue), "service": .string(record.service.rawValue),
            "function": .string(record.function.rawValue), "qualifier": .string(record.qualifier),
            "attempt": .integer(Int64(record.attempt)), "status": .string(record.status.rawValue),
            "startedAt": .string(record.startedAt.iso8601Milliseconds), "timing": timing(record.timing),
        ]
        if record.eventCount > 1 { members["eventCount"] = .integer(Int64(record.eventCount)) }
        if record.memoryByteCount > 0 { members["memoryBytes"] = .integer(Int64(record.memoryByteCount)) }
        members["block"] = record.block.flatMap { Int64($0) }.map { .integer($0) }
        let texts: [(String, String?)] = [
            ("versionId", record.version?.description), ("trigger", record.trigger), ("channel", record.channel),
            ("transaction", record.transactionID), ("event", record.eventID), ("replay", record.replayID),
            ("error", record.error), ("traceId", context?.traceID), ("spanId", context?.spanID),
            ("parentSpanId", record.parentSpanID), ("project", record.project), ("logstore", record.logstore),
        ]
        for (name, text) in texts { members[name] = .text(text) }
        return members
    }

    private static func timing(_ timing: InvocationRecord.Timing) -> JSONValue {
        .object(present: [
            "totalMicroseconds": .integer(timing.total), "queueMicroseconds": .integer(timing.queueing),
            "sandboxMicroseconds": timing.sandbox.map { .integer($0) },
            "runtimeStartMicroseconds": timing.runtimeStart.map { .integer($0) },
            "codeLoadMicroseconds": timing.codeLoad.map { .integer($0) },
            "initializerMicroseconds": timing.initializer.map { .integer($0) },
            "runMicroseconds": .integer(timing.running),
        ])
    }

    /// Oldest first, one more than asked for where there are more; nil where they went nowhere, or are gone with their logstore.
    private func lines(of record: InvocationRecord, count: Int) async -> SearchAnswer? {
        guard let project = record.project.flatMap({ try? ProjectName(validating: $0) }),
            let logstore = record.logstore.flatMap({ try? LogstoreName(validating: $0) }),
            (try? sources.logs.project(project, for: organization.rawValue)) != nil
        else { return nil }
        // Ids are a caller's own choice.
        let id = record.requestID.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let end = record.startedAt.adding(milliseconds: record.timing.total / 1_000 + 60_000)
        let query = LogKeeper.Query(
            text: "requestId: \"\(id)\"", from: LogTime(seconds: record.startedAt.seconds - 1),
            to: LogTime(seconds: end.seconds))
        // A logstore without index, or one that is just being removed: the rest of the trace is worth telling all the same.
        let answer = try? await sources.logs.answer(
            query, in: LogstoreID(project: project, logstore: logstore), order: .oldestFirst, offset: 0,
            limit: count + 1)
        guard case .entries(let found)? = answer else { return nil }
        return found
    }

    // MARK: - From an invocation

    /// All attempts under a request's id, with the transactions that they stand for and that they wrote; nil where there are none.
    func trace(ofRequest id: String) async throws -> JSONValue? {
        let organization = organization
        let records = try await sources.journal.read { try $0.invocations(requestID: id, of: organization) }
        guard let first = records.first else { return nil }
        var budget = TraceBudget()
        var told: [JSONValue] = []
        for record in records { told.append(try await invocation(record, &budget)) }
        let submitted = try await sources.journal.read { try $0.submissions(by: id, of: organization) }
        var members: [String: JSONValue] = [
            "requestId": .string(id), "invocations": .array(told),
            "transactions": .array(
                submitted.map {
                    ["transaction": .string($0.transactionID), "channel": .string($0.channel), "via": "call"]
                }),
        ]
        members["origin"] = try await origin(of: first)
        return .object(members)
    }

    /// Where the event stands that the function ran for.
    private func origin(of record: InvocationRecord) async throws -> JSONValue? {
        guard let channel = record.channel else { return nil }
        var members: [String: JSONValue] = ["channel": .string(channel)]
        members["block"] = record.block.flatMap { Int64($0) }.map { .integer($0) }
        members["transaction"] = .text(record.transactionID)
        members["event"] = .text(record.eventID)
        if let id = record.transactionID, let place = try await place(of: id, first: self.channel(channel)) {
            members.merge(Self.facts(of: place)) { _, new in new }
        }
        return .object(members)
    }
}
