import GoldenLedger
import LogCore
import Testing

@testable import NodeHTTP

@Suite("Bodies of the log service")
struct SLSBodyTests {
    let entries = [
        LogEntry(
            time: LogTime(seconds: 1_706_756_645, nanosecondPart: 7), topic: "t", source: "s",
            tags: [LogField("host", "a")],
            fields: [LogField("k", "v"), LogField("leer", ""), LogField("中", "文")]),
        LogEntry(time: LogTime(seconds: 5), topic: "t", source: "s", tags: [LogField("host", "a")], fields: []),
        LogEntry(time: LogTime(seconds: 6), topic: "u", source: "s", fields: [LogField("x", "y")]),
    ]

    @Test("groups survive their encoding; neighbours share one")
    func groups() throws {
        let (bytes, count) = SLSLogGroup.encode(entries)
        #expect(count == 2)
        // A list is groups under field 1; a group alone is its content.
        let first = SLSLogGroup.encode(Array(entries[..<2])).bytes
        let group = Array(first.dropFirst(2))
        #expect(first[0] == 0x0A && Int(first[1]) == group.count)
        #expect(try SLSLogGroup.decode(group) == Array(entries[..<2]))
        #expect(SLSLogGroup.endIndex(ofGroups: 1, in: entries) == 2)
        #expect(SLSLogGroup.endIndex(ofGroups: 9, in: entries) == 3)
        #expect(bytes.count > first.count)
    }

    @Test("texts that are not UTF-8 are repaired; a log without a time is refused")
    func oddGroups() throws {
        // Log { time 1, content { key "k", value FF } }
        let log: [UInt8] = [0x08, 0x01, 0x12, 0x06, 0x0A, 0x01, 0x6B, 0x12, 0x01, 0xFF]
        let found = try SLSLogGroup.decode([0x0A, UInt8(log.count)] + log)
        #expect(found == [LogEntry(time: LogTime(seconds: 1), fields: [LogField("k", "\u{FFFD}")])])
        #expect(throws: SLSError.self) { try SLSLogGroup.decode([0x0A, 0x00]) }
        #expect(try SLSLogGroup.decode([]) == [])
    }

    @Test("damaged groups are refused or read, never a trap", arguments: Seeds.sample(3))
    func damagedGroups(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let group = Array(SLSLogGroup.encode(Array(entries[..<2])).bytes.dropFirst(2))
        for _ in 0..<500 {
            let damaged = random.mutated(group)
            do {
                _ = try SLSLogGroup.decode(damaged)
            } catch {
                #expect(error.code == .postBodyInvalid, "seed \(seed)")
            }
        }
    }

    @Test("LZ4 there and back; deflate; what is neither is refused")
    func compression() throws {
        let plain = Array(String(repeating: "log line ", count: 1_000).utf8)
        let packed = try #require(SLSCompression.compressLZ4(plain))
        #expect(packed.count < plain.count / 10)
        func unpack(_ body: [UInt8], _ type: String, _ count: Int?) throws -> [UInt8] {
            try SLSCompression.decompress(body, type: type, plainByteCount: count, plainByteCountMax: 100_000)
        }
        #expect(try unpack(packed, "lz4", plain.count) == plain)
        #expect(try unpack(plain, "", nil) == plain)
        // zlib's form of "hello".
        let deflated: [UInt8] = [0x78, 0x9C, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x06, 0x2C, 0x02, 0x15]
        #expect(try unpack(deflated, "deflate", 5) == Array("hello".utf8))

        #expect(throws: SLSError.self) { try unpack(packed, "lz4", plain.count - 1) }
        #expect(throws: SLSError.self) { try unpack(packed, "lz4", nil) }
        #expect(throws: SLSError.self) { try unpack(packed, "lz4", 100_001) }
        #expect(throws: SLSError.self) { try unpack([], "lz4", 0) }
        #expect(throws: SLSError.self) { try unpack(deflated, "deflate", 4) }
        #expect(throws: SLSError.self) { try unpack(packed, "zstd", plain.count) }
    }

    @Test("damaged LZ4 never writes out of bounds", arguments: Seeds.sample(3))
    func damagedLZ4(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let plain = (0..<2_000).map { _ in UInt8.random(in: 0...3, using: &random) }
        let packed = try #require(SLSCompression.compressLZ4(plain))
        for _ in 0..<500 {
            _ = try? SLSCompression.decompress(
                random.mutated(packed), type: "lz4", plainByteCount: plain.count, plainByteCountMax: 100_000)
        }
    }

    @Test("cursors are base64 of a number")
    func cursors() throws {
        #expect(SLSCursor(sequence: 42).text == "NDI=")
        #expect(try SLSCursor("NDI=").sequence == 42)
        for text in [nil, "", "42", "LTE=", "eA=="] {
            #expect(throws: SLSError.self) { try SLSCursor(text) }
        }
    }
}
