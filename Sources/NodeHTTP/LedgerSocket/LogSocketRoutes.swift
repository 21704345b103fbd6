internal import FunctionTypes
internal import LogCore
internal import LogService
internal import TriggerCore
internal import TriggerService

/// How functions read their organisation's logs, through the socket on which they reach the ledger.
struct LogSocketRoutes: Sendable {
    /// Entries of one answer at most, and their bytes.
    static let entryCountMax = 1_000
    private static let byteCountMax = 4 << 20

    let keeper: LogKeeper
    let now: @Sendable () -> LogTime

    /// - Throws: what is wrong with the call, or why the logs cannot be read.
    func answer(_ what: String, _ call: JSONValue, for caller: LedgerCaller) async throws -> LedgerSocketAnswer {
        do {
            let id = LogstoreID(
                project: try ProjectName(validating: call["project"]?.stringValue ?? ""),
                logstore: try LogstoreName(validating: call["logstore"]?.stringValue ?? ""))
            _ = try keeper.project(id.project, for: caller.organization.rawValue)
            switch what {
            case "query": return LedgerSocketAnswer(status: 200, json: try await query(call, id))
            case "pull": return LedgerSocketAnswer(status: 200, json: try await pull(call, id))
            default:
                return .failure(404, "NoSuchCall", "Logs have POST /v1/logs/query and POST /v1/logs/pull.")
            }
        } catch let error as LogServiceError {
            switch error.code {
            case .forbidden: return .failure(403, "Refused", error.message)
            case .projectNotFound, .logstoreNotFound, .shardNotFound: return .failure(404, "NotFound", error.message)
            default: return .failure(400, "Invalid", error.message)
            }
        }
    }

    /// `{project, logstore, query, since, until, limit, offset, order}`, as the JSON API takes them.
    private func query(_ call: JSONValue, _ id: LogstoreID) async throws -> JSONValue {
        let now = now()
        let until = try call["until"]?.stringValue.map { try TimeExpression.parse($0, now: now) }
        let query = LogKeeper.Query(
            text: call["query"]?.stringValue ?? "",
            from: try TimeExpression.parse(call["since"]?.stringValue ?? "1h", now: now),
            to: until ?? LogTime(seconds: now.seconds + 1))
        let answer = try await keeper.answer(
            query, in: id, order: call["order"] == "oldest" ? .oldestFirst : .newestFirst,
            offset: max(0, Int(clamping: call["offset"]?.integerValue ?? 0)),
            limit: min(max(1, Int(clamping: call["limit"]?.integerValue ?? 100)), Self.entryCountMax))
        switch answer {
        case .entries(let found):
            return [
                "entries": .array(found.entries.map { LogAPI.describe($0) }), "isComplete": .bool(found.isComplete),
            ]
        case .rows(let found):
            let rows = found.rows.map { row in
                JSONValue.object(
                    Dictionary(
                        zip(found.columns, row.map { $0.map(JSONValue.string) ?? .null }),
                        uniquingKeysWith: { first, _ in first }))
            }
            return ["rows": .array(rows), "isComplete": .bool(found.isComplete)]
        }
    }

    /// `{project, logstore, shard, beginCursor, endCursor, count}`: what a log trigger's event names, page by page.
    private func pull(_ call: JSONValue, _ id: LogstoreID) async throws -> JSONValue {
        guard let shard = call["shard"]?.integerValue, let begin = Self.sequence(call["beginCursor"]),
            let end = Self.sequence(call["endCursor"])
        else {
            throw LogServiceError(
                code: .invalid,
                message: "Give shard, beginCursor and endCursor as the event of a log trigger names them.")
        }
        let count = min(max(1, Int(clamping: call["count"]?.integerValue ?? 1_000)), Self.entryCountMax)
        let page = try await keeper.read(
            id, shard: Int(clamping: shard), from: begin, countMax: count, byteCountMax: Self.byteCountMax
        ).filter { $0.sequence < end }
        // A page without entries has nothing behind it either.
        let next = page.last.map { $0.sequence + 1 } ?? end
        return [
            "entries": .array(page.map { LogAPI.describe($0) }), "nextCursor": .string(LogSlice.cursor(next)),
            "isComplete": .bool(next >= end || page.isEmpty),
        ]
    }

    private static func sequence(_ cursor: JSONValue?) -> Int64? {
        guard let bytes = cursor?.stringValue.flatMap({ Base64.decode($0) }),
            let sequence = Int64(String(decoding: bytes, as: UTF8.self)), sequence >= 0
        else { return nil }
        return sequence
    }
}
