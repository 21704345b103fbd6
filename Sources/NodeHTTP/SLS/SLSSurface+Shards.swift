internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LogCore
internal import LogService
internal import NIOCore

extension SLSSurface {
    /// Groups and bytes of one read.
    private static let pullGroupCountMax = 1_000
    private static let pullEntryCountMax = 10_000
    private static let pullByteCountMax = 8 * 1_024 * 1_024

    func shards(_ call: SLSCall, _ id: LogstoreID) throws -> Response {
        Self.describe(try service.logstore(id).shards.shards)
    }

    func postShard(_ call: SLSCall, _ id: LogstoreID, _ text: String) async throws -> Response {
        if text == "lb" || text == "route" { return try await putLogs(call, id, isRouted: text == "route") }
        try call.need(.admin)
        let shard = try Self.shard(text)
        switch call.query("action") {
        case "split":
            var key: ShardKey?
            if let text = call.query("key"), !text.isEmpty {
                key = ShardKey(text)
                if key == nil { throw SLSError.invalid("The key \"\(text.prefix(40))\" is no MD5 value.") }
            }
            return Self.describe(try await service.splitShard(shard, at: key, of: id))
        case "merge": return Self.describe(try await service.mergeShard(shard, of: id))
        default: throw call.notFound
        }
    }

    func getShard(_ call: SLSCall, _ id: LogstoreID, _ text: String) async throws -> Response {
        let shard = try Self.shard(text)
        switch call.query("type") {
        case "cursor": return try await cursor(call, id, shard)
        case "cursor_time":
            let cursor = try SLSCursor(call.query("cursor"))
            let bounds = try await service.bounds(of: id, shard: shard)
            guard bounds.contains(cursor.sequence) || cursor.sequence == bounds.upperBound else {
                throw SLSCursor.invalid(call.query("cursor"))
            }
            // A sequence is the microsecond of arrival.
            return JSONAnswer.value(["cursor_time": .integer(cursor.sequence / 1_000_000)])
        case "log": return try await pull(call, id, shard)
        default: throw call.notFound
        }
    }

    private func cursor(_ call: SLSCall, _ id: LogstoreID, _ shard: Int) async throws -> Response {
        let bounds = try await service.bounds(of: id, shard: shard)
        let sequence: Int64
        switch call.query("from") {
        case "begin": sequence = bounds.lowerBound
        case "end": sequence = bounds.upperBound
        default:
            guard let seconds = try call.integer("from") else {
                throw SLSError.invalid("\"from\" must be begin, end or Unix seconds.")
            }
            let wanted = LogTime(seconds: seconds).nanoseconds / 1_000
            sequence = min(max(wanted, bounds.lowerBound), bounds.upperBound)
        }
        return JSONAnswer.value(["cursor": .string(SLSCursor(sequence: sequence).text)])
    }

    private func pull(_ call: SLSCall, _ id: LogstoreID, _ shard: Int) async throws -> Response {
        let start = try SLSCursor(call.query("cursor")).sequence
        let end = try call.query("end_cursor").map { text throws(SLSError) in try SLSCursor(text).sequence } ?? .max
        let count = Int(clamping: try call.integer("count") ?? Int64(Self.pullGroupCountMax))
        guard (1...Self.pullGroupCountMax).contains(count) else {
            throw SLSError.invalid("\"count\" must be 1 to \(Self.pullGroupCountMax).")
        }
        let page = try await service.read(
            id, shard: shard, from: start, countMax: Self.pullEntryCountMax, byteCountMax: Self.pullByteCountMax
        ).filter { $0.sequence < end }
        // Whole groups only, so that the next read does not begin within one.
        let entries = page.map(\.entry)
        let taken = SLSLogGroup.endIndex(ofGroups: count, in: entries)
        let next = taken == 0 ? start : page[taken - 1].sequence + 1
        var wanted = Array(entries[..<taken])
        if let query = call.query("query"), !query.isEmpty {
            let search = try service.search(query, in: id)
            wanted = page[..<taken].filter { stored in
                stored.encoded.bytes.withUnsafeBufferPointer { search.matches(LogEntryView(bytes: $0)) }
            }.map(\.entry)
        }
        let (bytes, groupCount) = SLSLogGroup.encode(wanted)
        var response = Self.binary(bytes, call)
        response.headers[.logCount] = "\(groupCount)"
        response.headers[.logCursor] = SLSCursor(sequence: next).text
        return response
    }

    /// A binary body, compressed where the client takes LZ4.
    static func binary(_ bytes: [UInt8], _ call: SLSCall) -> Response {
        let accepted = call.request.headers[.acceptEncoding]?.lowercased() ?? ""
        let compressed = accepted.contains("lz4") && !bytes.isEmpty ? SLSCompression.compressLZ4(bytes) : nil
        var response = Response(
            status: .ok, headers: [.contentType: "application/x-protobuf"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: compressed ?? bytes)))
        if compressed != nil { response.headers[.logCompression] = "lz4" }
        response.headers[.logBodySize] = "\(bytes.count)"
        return response
    }

    private static func describe(_ shards: [ShardMap.Shard]) -> Response {
        JSONAnswer.value(
            .array(
                shards.map { shard in
                    [
                        "shardID": .integer(Int64(shard.id)), "status": shard.isWritable ? "readwrite" : "readonly",
                        "inclusiveBeginKey": .string(shard.begin.description),
                        "exclusiveEndKey": .string(shard.end.description), "createTime": .integer(shard.createTime),
                    ]
                }))
    }

    private static func shard(_ text: String) throws(SLSError) -> Int {
        guard let shard = Int(text), shard >= 0 else {
            throw SLSError(
                status: .notFound, code: .shardNotExist, message: "\"\(text.prefix(40))\" is no shard's number.")
        }
        return shard
    }
}

/// A cursor on the wire: base64 of a decimal number. Clients decode it.
struct SLSCursor {
    let sequence: Int64

    init(sequence: Int64) {
        self.sequence = sequence
    }

    init(_ text: String?) throws(SLSError) {
        guard let bytes = text.flatMap({ Base64.decode($0) }),
            let sequence = Int64(String(decoding: bytes, as: UTF8.self)),
            sequence >= 0
        else { throw Self.invalid(text) }
        self.sequence = sequence
    }

    var text: String { Base64.encode(Array(String(sequence).utf8)) }

    static func invalid(_ text: String?) -> SLSError {
        SLSError(
            status: .badRequest, code: .invalidCursor,
            message: "The cursor \"\((text ?? "").prefix(60))\" is not valid: take one that the shard answered.")
    }
}
