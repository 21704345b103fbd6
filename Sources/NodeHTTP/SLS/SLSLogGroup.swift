internal import FabricTypes
internal import HTTPTypes
internal import LogCore

/// The log service's messages: `LogGroup`, what a write carries, and `LogGroupList`, what a read of a shard answers.
///
/// ```
/// LogGroupList { 1 logGroups* }                        LogGroup { 1 logs*, 3 topic, 4 source, 6 logTags* }
/// Log { 1 time, 2 contents*, 4 timeNs (fixed32) }      Content, LogTag { 1 key, 2 value }
/// ```
/// Texts that are not UTF-8 are repaired with U+FFFD instead of refused: a log's broken bytes are worth keeping.
enum SLSLogGroup {
    /// Entries of one group.
    static let entryCountMax = 512_000
    /// Fields and tags of one entry.
    static let fieldCountMax = 10_000

    /// - Throws: ``SLSError`` with code `PostBodyInvalid`.
    static func decode(_ body: [UInt8]) throws(SLSError) -> [LogEntry] {
        do {
            return try decodeGroup(body)
        } catch let error as SLSError {
            throw error
        } catch {
            throw SLSError.bodyInvalid("The body is not a LogGroup: \(error)")
        }
    }

    private static func decodeGroup(_ body: [UInt8]) throws -> [LogEntry] {
        var topic = Bytes()
        var source = Bytes()
        var tags: [Bytes] = []
        var logs: [Bytes] = []
        var reader = try WireReader(Bytes(body))
        while let field = try reader.next() {
            switch field.number {
            case 1: field.append(to: &logs)
            case 3: field.read(&topic)
            case 4: field.read(&source)
            case 6: field.append(to: &tags)
            default: break
            }
        }
        guard logs.count <= entryCountMax, tags.count <= fieldCountMax else {
            throw SLSError(
                status: .badRequest, code: .postBodyTooLarge,
                message: "The group has \(logs.count) logs and \(tags.count) tags; at most \(entryCountMax) and "
                    + "\(fieldCountMax) are taken.")
        }
        let (topicText, sourceText) = (text(topic), text(source))
        let tagFields = try tags.map { try self.field($0) }
        return try logs.map { log in
            var entry = try decodeLog(log)
            entry.topic = topicText
            entry.source = sourceText
            entry.tags = tagFields
            return entry
        }
    }

    private static func decodeLog(_ log: Bytes) throws -> LogEntry {
        var seconds: UInt32 = 0
        var hasTime = false
        var part: UInt32 = 0
        var fields: [LogField] = []
        var reader = try WireReader(log, depth: 1)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .varint):
                field.read(&seconds)
                hasTime = true
            case (2, .bytes(let content)):
                guard fields.count < fieldCountMax else {
                    throw SLSError.bodyInvalid("A log has more than \(fieldCountMax) contents.")
                }
                fields.append(try self.field(content))
            case (4, .fixed32(let value)): part = value
            default: break
            }
        }
        guard hasTime else { throw SLSError.bodyInvalid("A log has no time.") }
        return LogEntry(
            time: LogTime(seconds: Int64(seconds), nanosecondPart: min(part, 999_999_999)), fields: fields)
    }

    private static func field(_ content: Bytes) throws -> LogField {
        var key = Bytes()
        var value = Bytes()
        var reader = try WireReader(content, depth: 2)
        while let field = try reader.next() {
            switch field.number {
            case 1: field.read(&key)
            case 2: field.read(&value)
            default: break
            }
        }
        return LogField(text(key), text(value))
    }

    private static func text(_ bytes: Bytes) -> String {
        bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Entries of a shard as groups: neighbours with the same topic, source and tags share one.
    static func encode(_ entries: [LogEntry]) -> (bytes: [UInt8], groupCount: Int) {
        var list = WireWriter()
        var count = 0
        var start = entries.startIndex
        while start < entries.endIndex {
            let first = entries[start]
            let end =
                entries[start...].firstIndex {
                    $0.topic != first.topic || $0.source != first.source || $0.tags != first.tags
                } ?? entries.endIndex
            list.writeAlways(1, group(entries[start..<end]))
            count += 1
            start = end
        }
        return (list.bytes.array, count)
    }

    /// Where the groups after the first `countMax` begin.
    static func endIndex(ofGroups countMax: Int, in entries: [LogEntry]) -> Int {
        var count = 0
        for index in entries.indices {
            let isNew =
                index == 0 || entries[index].topic != entries[index - 1].topic
                || entries[index].source != entries[index - 1].source || entries[index].tags != entries[index - 1].tags
            count += isNew ? 1 : 0
            if count > countMax { return index }
        }
        return entries.count
    }

    private static func group(_ entries: ArraySlice<LogEntry>) -> Bytes {
        var group = WireWriter()
        for entry in entries {
            var log = WireWriter()
            log.writeAlways(1, UInt64(UInt32(clamping: entry.time.seconds)))
            for field in entry.fields { log.writeAlways(2, pair(field)) }
            log.write(4, fixed32: entry.time.nanosecondPart)
            group.writeAlways(1, log.bytes)
        }
        if let first = entries.first {
            group.writeAlways(3, Bytes(first.topic))
            group.writeAlways(4, Bytes(first.source))
            for tag in first.tags { group.writeAlways(6, pair(tag)) }
        }
        return group.bytes
    }

    private static func pair(_ field: LogField) -> Bytes {
        var pair = WireWriter()
        // Required in the service's definition, so present also when empty.
        pair.writeAlways(1, Bytes(field.name))
        pair.writeAlways(2, Bytes(field.value))
        return pair.bytes
    }
}
