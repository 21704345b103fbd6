internal import Crypto
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LogCore
internal import LogService
internal import NIOCore

extension LogAPI {
    /// Entries of one page, and of one write.
    static let entryCountMax = 1_000
    static let writeCountMax = 10_000
    static let writeByteCountMax = 16 * 1_024 * 1_024

    private static let query = APIRoute.Parameter.query(
        "query", "A search, such as: level: error and not timeout. Empty for everything.")
    private static let range: [APIRoute.Parameter] = [
        .query(
            "since",
            "Begin: 15m, 2h30m (ago), Unix seconds, or a time such as 2024-02-01T03:04:05Z. One hour ago if absent."),
        .query("until", "End, in the same forms; now if absent."),
    ]

    var entryRoutes: [APIRoute] {
        let names = [Self.project, Self.store]
        return [
            APIRoute(
                .get, "/api/logs/projects/{project}/stores/{store}/entries", "queryLogs",
                "Search entries, or select over them.",
                parameters: names + [Self.query] + Self.range + [
                    .query("limit", "Entries to answer, 1 to 1000; 100 if absent.", type: "integer"),
                    .query("offset", "Matches to leave out at the beginning.", type: "integer"),
                    .query("order", "newest (first, the default) or oldest."),
                ], answer: .json("LogAnswer"), handle: { try await entries($0) }),
            APIRoute(
                .post, "/api/logs/projects/{project}/stores/{store}/entries", "writeLogs",
                "Write entries; they are on disk when the call answers.", role: .user,
                parameters: names + [
                    .header(
                        "Idempotency-Key",
                        "A repeat with the same key and body within 15 minutes is recognised and not stored again.")
                ], body: "LogWrite", answer: .json("LogWritten"), handle: { try await write($0) }),
            APIRoute(
                .get, "/api/logs/projects/{project}/stores/{store}/histogram", "countLogs",
                "Count the matches of a search by time.", parameters: names + [Self.query] + Self.range,
                answer: .json("LogHistogram"), handle: { try await histogram($0) }),
            APIRoute(
                .get, "/api/logs/projects/{project}/stores/{store}/tail", "tailLogs",
                "Deliver entries as they are written. Resumes behind Last-Event-ID without gap or double.",
                parameters: names + [
                    Self.query,
                    .query("since", "Begin with what arrived since, in the forms of a query's since; now if absent."),
                    .header("Last-Event-ID", "The id of the last event seen."),
                ], answer: .events("LogEntry"), handle: { try await tail($0) }),
        ]
    }

    // MARK: Queries

    private func entries(_ call: APICall) async throws -> Response {
        let id = try logstore(call)
        let order: SearchRequest.Order
        switch call.query("order") ?? "newest" {
        case "newest": order = .newestFirst
        case "oldest": order = .oldestFirst
        case let text: throw APIError.invalid("\"order\" is \"\(text.prefix(40))\": give newest or oldest.")
        }
        let answer = try await service.answer(
            try serviceQuery(call), in: id, order: order, offset: try call.integer("offset", in: 0...Int.max) ?? 0,
            limit: try call.integer("limit", in: 1...Self.entryCountMax) ?? 100)
        switch answer {
        case .entries(let found):
            return JSONAnswer.value([
                "entries": .array(found.entries.map { Self.describe($0) }), "isComplete": .bool(found.isComplete),
                "processedCount": .integer(Int64(found.processedCount)),
            ])
        case .rows(let found):
            return JSONAnswer.value([
                "columns": .array(found.columns.map { .string($0) }),
                "rows": .array(found.rows.map { .array($0.map { $0.map { .string($0) } ?? .null }) }),
                "isComplete": .bool(found.isComplete), "processedCount": .integer(Int64(found.processedCount)),
            ])
        }
    }

    private func histogram(_ call: APICall) async throws -> Response {
        let answer = try await service.histogram(try serviceQuery(call), in: try logstore(call))
        return JSONAnswer.value([
            "count": .integer(Int64(answer.count)), "isComplete": .bool(answer.isComplete),
            "intervals": .array(
                answer.intervals.map { interval in
                    [
                        "from": .string(CalendarTime.format(interval.from)),
                        "to": .string(CalendarTime.format(interval.to)),
                        "count": .integer(Int64(interval.count)),
                    ]
                }),
        ])
    }

    private func serviceQuery(_ call: APICall) throws -> LogKeeper.Query {
        let now = now()
        return LogKeeper.Query(
            text: call.query("query") ?? "", from: try TimeExpression.parse(call.query("since") ?? "1h", now: now),
            // What arrives within this second belongs to it.
            to: try call.query("until").map { text throws(InvalidTime) in try TimeExpression.parse(text, now: now) }
                ?? LogTime(seconds: now.seconds + 1))
    }

    /// An entry as the API tells it: its time, its place, and all its fields as texts.
    static func describe(_ stored: StoredEntry) -> JSONValue {
        let entry = stored.entry
        var fields: [String: JSONValue] = [:]
        for field in entry.fields.reversed() { fields[field.name] = .string(field.value) }
        var members: [String: JSONValue] = [
            "time": .string(CalendarTime.format(entry.time)), "cursor": .string("\(stored.shard):\(stored.sequence)"),
            "fields": .object(fields),
        ]
        if !entry.topic.isEmpty { members["topic"] = .string(entry.topic) }
        if !entry.source.isEmpty { members["source"] = .string(entry.source) }
        if !entry.tags.isEmpty {
            members["tags"] = .object(
                Dictionary(entry.tags.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { first, _ in first }))
        }
        return .object(members)
    }

    // MARK: Writing

    private func write(_ call: APICall) async throws -> Response {
        let id = try logstore(call)
        let body = try await call.json(upTo: Self.writeByteCountMax)
        guard let list = body["entries"]?.arrayValue, list.count <= Self.writeCountMax else {
            throw APIError.invalid("\"entries\" must be a list of at most \(Self.writeCountMax) entries.")
        }
        let topic = body["topic"]?.stringValue ?? ""
        let source = body["source"]?.stringValue ?? ""
        let entries = try list.map { try entry($0, topic: topic, source: source) }
        var receipt: WriteReceipt?
        if let name = HTTPTypes.HTTPField.Name("idempotency-key"), let key = call.request.headers[name] {
            let text = "\(call.caller.credential)\n\(id)\n\(key)\n\(body.jsonText)"
            receipt = WriteReceipt(bytes: Array(SHA256.hash(data: Array(text.utf8)).prefix(16)))
        }
        let outcome = try await service.put(entries, to: id, receipt: receipt)
        // Who names a write may repeat it at any time, also after an answer: it stays known for the receipts' life time.
        if let receipt { service.answered(receipt, isDelivered: false) }
        return JSONAnswer.value([
            "count": .integer(Int64(entries.count)), "isRepeat": .bool(outcome == .repeated),
        ])
    }

    /// `{"time": …, "fields": {…}}`; the time in any form of a query's, now if absent. Values that are no texts become JSON.
    private func entry(_ value: JSONValue, topic: String, source: String) throws -> LogEntry {
        guard let fields = value["fields"]?.objectValue else {
            throw APIError.invalid("Each entry needs \"fields\", an object.")
        }
        var time = now()
        if let text = value["time"] {
            time = try TimeExpression.parse(
                text.stringValue ?? text.integerValue.map { "\($0)" } ?? text.jsonText, now: time)
        }
        return LogEntry(
            time: time, topic: topic, source: source,
            fields: fields.sorted { $0.key < $1.key }.map {
                LogField($0.key, $0.value.stringValue ?? $0.value.jsonText)
            })
    }

    // MARK: Live tail

    private func tail(_ call: APICall) async throws -> Response {
        let id = try logstore(call)
        let text = call.query("query") ?? ""
        // Refused before the stream begins, while there is still a status to tell it by.
        if let select = try QueryParser.parse(text).select {
            throw QueryError(
                utf8Offset: select.utf8Offset, message: "A live tail has no select: give the search alone.")
        }
        _ = try service.logstore(id)
        let start = try tailStart(call)
        let service = service
        let request = call.request
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                // A first line at once, so that the client knows it is connected.
                try await writer.write(ByteBuffer(string: ": tail of \(id)\n\n"))
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await service.tail(id, query: text, from: start) { batch in
                        try await writer.write(ByteBuffer(bytes: Self.events(batch)))
                    }
                }
                try await writer.finish(nil)
            })
    }

    private func tailStart(_ call: APICall) throws -> LogKeeper.TailStart {
        if let name = HTTPTypes.HTTPField.Name("last-event-id"), let text = call.request.headers[name], !text.isEmpty {
            guard let cursor = TailCursor(text) else {
                throw APIError.invalid("\"Last-Event-ID\" is \"\(text.prefix(60))\", which is no event's id.")
            }
            return .cursor(cursor)
        }
        guard let since = call.query("since") else { return .now }
        return .since(try TimeExpression.parse(since, now: now()))
    }

    /// One event for each entry; without entries a bare id, so that the client resumes behind what did not match.
    private static func events(_ batch: LogKeeper.TailBatch) -> [UInt8] {
        if batch.entries.isEmpty { return Array("id: \(batch.cursor)\n: alive\n\n".utf8) }
        var bytes: [UInt8] = []
        for (entry, cursor) in batch.entries {
            bytes.append(contentsOf: "id: \(cursor)\ndata: ".utf8)
            // JSON has no line breaks of its own, so one data line holds it.
            bytes.append(contentsOf: describe(entry).jsonBytes)
            bytes.append(contentsOf: "\n\n".utf8)
        }
        return bytes
    }
}
