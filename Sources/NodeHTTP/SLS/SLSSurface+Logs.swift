internal import Crypto
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LogCore
internal import LogService
internal import NIOCore

extension SLSSurface {
    // MARK: Writing

    func putLogs(_ call: SLSCall, _ id: LogstoreID, isRouted: Bool) async throws -> Response {
        try call.need(.user)
        let headers = call.request.headers
        let body = try SLSCompression.decompress(
            call.body, type: headers[.logCompression] ?? "", plainByteCount: headers[.logBodySize].flatMap { Int($0) },
            plainByteCountMax: Self.bodyByteCountMax)
        var route = LogKeeper.Route.balanced
        if isRouted {
            guard let key = call.query("key").flatMap({ ShardKey($0) }) else {
                throw SLSError.invalid("\"key\" must be an MD5 value of up to 32 hex digits.")
            }
            route = .key(key)
        }
        let receipt = Self.receipt(call, id, body)
        _ = try await service.put(try SLSLogGroup.decode(body), to: id, route: route, receipt: receipt)
        let service = service
        return Response(
            status: .ok,
            body: ResponseBody(ByteBuffer()) { service.answered(receipt, isDelivered: $0) })
    }

    /// The same for the same content from the same key: the client's repeat differs in its date and signature alone.
    private static func receipt(_ call: SLSCall, _ id: LogstoreID, _ body: [UInt8]) -> WriteReceipt {
        var hash = SHA256()
        hash.update(data: Array("\(call.caller.credential)\n\(id)\n\(call.request.target.rawQuery ?? "")\n".utf8))
        hash.update(data: body)
        return WriteReceipt(bytes: Array(hash.finalize().prefix(16)))
    }

    // MARK: Reading

    /// `POST …/logs` with a JSON body; rows come with their meta.
    func logsVersion2(_ call: SLSCall, _ id: LogstoreID) async throws -> Response {
        let body = try call.json()
        func integer(_ name: String) throws -> Int64? {
            guard let value = body[name] else { return nil }
            guard let number = value.integerValue ?? value.stringValue.flatMap({ Int64($0) }) else {
                throw SLSError.invalid("\"\(name)\" must be a whole number.")
            }
            return number
        }
        func boolean(_ name: String) -> Bool {
            body[name]?.boolValue ?? (body[name]?.stringValue?.lowercased() == "true")
        }
        let parameters = LogsParameters(
            query: body["query"]?.stringValue ?? "", from: try integer("from"), to: try integer("to"),
            fromPart: try integer("fromNs"), toPart: try integer("toNs"), topic: body["topic"]?.stringValue,
            line: try integer("line"), offset: try integer("offset"), isReverse: boolean("reverse"))
        return JSONAnswer.value(try await logs(parameters, id).version2)
    }

    /// `GET …?type=log`; a list, with the meta in headers.
    func logsVersion1(_ call: SLSCall, _ id: LogstoreID) async throws -> Response {
        let parameters = LogsParameters(
            query: call.query("query") ?? "", from: try call.integer("from"), to: try call.integer("to"),
            fromPart: try call.integer("fromNs"), toPart: try call.integer("toNs"), topic: call.query("topic"),
            line: try call.integer("line"), offset: try call.integer("offset"), isReverse: call.boolean("reverse"))
        let answer = try await logs(parameters, id)
        var response = JSONAnswer.value(.array(answer.rows))
        response.headers[.logProgress] = answer.isComplete ? "Complete" : "Incomplete"
        response.headers[.logCount] = "\(answer.rows.count)"
        for (name, value) in [
            ("x-log-processed-rows", "\(answer.processedCount)"), ("x-log-has-sql", "\(answer.hasSelect)"),
            ("x-log-where-query", answer.searchText), ("x-log-agg-query", answer.selectText),
        ] {
            // A query with a line break cannot stand in a header; clients take it for absent.
            if let name = HTTPTypes.HTTPField.Name(name), HTTPTypes.HTTPField.isValidValue(value) {
                response.headers[name] = value
            }
        }
        return response
    }

    func histogram(_ call: SLSCall, _ id: LogstoreID) async throws -> Response {
        let parameters = LogsParameters(
            query: call.query("query") ?? "", from: try call.integer("from"), to: try call.integer("to"),
            fromPart: try call.integer("fromNs"), toPart: try call.integer("toNs"), topic: call.query("topic"),
            line: nil,
            offset: nil, isReverse: false)
        let answer = try await service.histogram(try parameters.serviceQuery(), in: id)
        let progress = answer.isComplete ? "Complete" : "Incomplete"
        var response = JSONAnswer.value(
            .array(
                answer.intervals.map { interval in
                    [
                        "from": .integer(interval.from.seconds), "to": .integer(interval.to.seconds),
                        "count": .integer(Int64(interval.count)), "progress": .string(progress),
                    ]
                }))
        response.headers[.logProgress] = progress
        response.headers[.logCount] = "\(answer.count)"
        return response
    }

    /// The topics, by name, behind the one that `token` names.
    func topics(_ call: SLSCall, _ id: LogstoreID) async throws -> Response {
        let line = Int(clamping: min(max(try call.integer("line") ?? 100, 1), 1_000))
        let answer = try await service.answer(
            .init(
                text: "* | select __topic__ from log group by __topic__ order by __topic__ limit 100000",
                from: .distantPast,
                to: .distantFuture), in: id, order: .oldestFirst, offset: 0, limit: 0)
        guard case .rows(let rows) = answer else { throw call.notFound }
        let token = call.query("token") ?? ""
        let all = rows.rows.compactMap { $0.first ?? nil }.filter {
            token.isEmpty || token.utf8.lexicographicallyPrecedes($0.utf8)
        }
        let page = all.prefix(line)
        var response = JSONAnswer.value(.array(page.map { .string($0) }))
        response.headers[.logCount] = "\(page.count)"
        response.headers[.logNextToken] =
            all.count > page.count ? page.last.flatMap { HTTPTypes.HTTPField.isValidValue($0) ? $0 : nil } ?? "" : ""
        return response
    }

    private func logs(_ parameters: LogsParameters, _ id: LogstoreID) async throws -> LogsAnswer {
        let query = try parameters.serviceQuery()
        let parsed = try QueryParser.parse(query.text)
        let start = ContinuousClock.now
        let answer = try await service.answer(
            query, in: id, order: parameters.isReverse ? .newestFirst : .oldestFirst,
            offset: try parameters.offsetCount(),
            limit: try parameters.lineCount())
        let elapsed = start.duration(to: .now)
        var result = LogsAnswer(
            searchText: parsed.searchText, selectText: parsed.select?.text ?? "", hasSelect: parsed.select != nil)
        result.elapsedMilliseconds = Int64(elapsed / .milliseconds(1))
        switch answer {
        case .entries(let found):
            result.rows = found.entries.map { Self.describe($0.entry) }
            result.isComplete = found.isComplete
            result.processedCount = found.processedCount
        case .rows(let found):
            result.columns = found.columns
            result.rows = found.rows.map { row in
                .object(
                    Dictionary(
                        zip(found.columns, row).map { ($0, .string($1 ?? "null")) },
                        uniquingKeysWith: { first, _ in first }))
            }
            result.isComplete = found.isComplete
            result.processedCount = found.processedCount
        }
        return result
    }

    /// An entry as clients read it: all texts, the reserved ones among the fields.
    static func describe(_ entry: LogEntry) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for field in entry.fields.reversed() { members[field.name] = .string(field.value) }
        for tag in entry.tags.reversed() { members[ReservedField.tagPrefix + tag.name] = .string(tag.value) }
        members[ReservedField.topic] = .string(entry.topic)
        members[ReservedField.source] = .string(entry.source)
        members[ReservedField.time] = .string("\(entry.time.seconds)")
        if entry.time.nanosecondPart > 0 {
            members[ReservedField.nanosecondPart] = .string("\(entry.time.nanosecondPart)")
        }
        return .object(members)
    }
}

/// What both forms of GetLogs are asked with.
private struct LogsParameters {
    var query: String
    var from: Int64?
    var to: Int64?
    var fromPart: Int64?
    var toPart: Int64?
    var topic: String?
    var line: Int64?
    var offset: Int64?
    var isReverse: Bool

    /// - Throws: ``SLSError`` when the time range is missing.
    func serviceQuery() throws(SLSError) -> LogKeeper.Query {
        guard let from, let to else { throw SLSError.invalid("\"from\" and \"to\" are needed, in Unix seconds.") }
        return LogKeeper.Query(
            text: query,
            from: LogTime(seconds: from, nanosecondPart: UInt32(clamping: min(fromPart ?? 0, 999_999_999))),
            to: LogTime(seconds: to, nanosecondPart: UInt32(clamping: min(toPart ?? 0, 999_999_999))),
            topic: topic.flatMap { $0.isEmpty ? nil : $0 })
    }

    func lineCount() throws(SLSError) -> Int {
        let line = self.line ?? 100
        guard (0...100).contains(line) else { throw SLSError.invalid("\"line\" is \(line): give 0 to 100.") }
        return Int(line)
    }

    func offsetCount() throws(SLSError) -> Int {
        let offset = self.offset ?? 0
        guard offset >= 0 else { throw SLSError.invalid("\"offset\" is \(offset): give 0 or more.") }
        return Int(clamping: offset)
    }
}

/// What both forms of GetLogs answer.
private struct LogsAnswer {
    var searchText: String
    var selectText: String
    var hasSelect: Bool
    var columns: [String] = []
    var rows: [JSONValue] = []
    var isComplete = true
    var processedCount = 0
    var elapsedMilliseconds: Int64 = 0

    var version2: JSONValue {
        [
            "meta": [
                "progress": isComplete ? "Complete" : "Incomplete", "count": .integer(Int64(rows.count)),
                "processedRows": .integer(Int64(processedCount)), "elapsedMillisecond": .integer(elapsedMilliseconds),
                "hasSQL": .bool(hasSelect), "whereQuery": .string(searchText), "aggQuery": .string(selectText),
                "keys": .array(columns.map { .string($0) }), "isAccurate": true, "mode": 0, "terms": [], "cpuSec": 0,
                "cpuCores": 0, "telemetryType": "",
            ],
            "data": .array(rows),
        ]
    }
}
