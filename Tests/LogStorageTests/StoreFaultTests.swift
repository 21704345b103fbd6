import Foundation
import GoldenLedger
import LogCore
import LogTestKit
import Testing

@testable import LogStorage

@Suite("The store on disk under faults")
struct StoreFaultTests {
    static let day: Int64 = 1_706_745_600
    let shard = ShardAddress(logstoreNumber: 7, shard: 0)

    /// Writes entries `from` to `to` that arrive on a day.
    @discardableResult
    func write(
        _ numbers: ClosedRange<Int>, day: Int64 = 0, to store: SQLiteLogStore, bytes: Int = 10, isDurable: Bool = true
    ) async throws -> ClosedRange<Int64> {
        let received = LogTime(seconds: Self.day + day * 86_400)
        let entries = numbers.map { number in
            LogWrite.Entry(
                LogEntry(
                    time: LogTime(seconds: Self.day + Int64(number)),
                    fields: [LogField("number", "\(number)"), LogField("filler", String(repeating: "x", count: bytes))])
            )
        }
        return try await store.append(
            LogWrite(entries: entries, received: received, isDurable: isDurable), to: shard)
    }

    func numbers(_ store: SQLiteLogStore, _ query: String = "*") async throws -> [Int] {
        let scope = SearchScope(
            logstoreNumber: 7, shards: [0],
            search: CompiledSearch(try QueryParser.parse(query).search, index: .default),
            from: .distantPast, to: .distantFuture, timeLimit: .seconds(60))
        let answer = try await store.search(SearchRequest(scope: scope, order: .oldestFirst, offset: 0, limit: 10_000))
        return answer.entries.compactMap { Int($0.entry.fields[0].value) }
    }

    @Test("a damaged day file is set aside and named; the other days answer, and its own day takes new entries")
    func damagedFile() async throws {
        let folder = try TemporaryFolder()
        var store = try SQLiteLogStore(folder: folder.path)
        for day in 0...2 { try await write(day * 100...day * 100 + 50, day: Int64(day), to: store, bytes: 3_000) }
        await store.close()
        let files = folder.files(".sqlite").filter { $0.contains("/stores/") }
        let middle = files[1]
        let bytes = try Data(contentsOf: URL(fileURLWithPath: middle))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: middle))

        store = try SQLiteLogStore(folder: folder.path)
        #expect(try await numbers(store, "filler: x* or number: *") == Array(0...50) + Array(200...250))
        #expect(await store.problems().map(\.message).joined().contains(middle))
        #expect(folder.files(".damaged").count == 1)

        try await write(160...170, day: 1, to: store)
        try await write(300...301, day: 2, to: store)
        #expect(
            try await numbers(store) == Array(0...50) + Array(160...170) + Array(200...250) + Array(300...301))
        await store.close()
        store = try SQLiteLogStore(folder: folder.path)
        #expect(try await numbers(store).count == 51 + 11 + 51 + 2)
        // Whoever restarts the node is told again, once.
        let told = await store.problems().map(\.message).filter { $0.contains("\(middle).damaged") }
        #expect(told.count == 1)
        await store.close()
    }

    @Test("a file that turns out damaged while it is written makes way for a new one")
    func damagedWhileWriting() async throws {
        let folder = try TemporaryFolder()
        var store = try SQLiteLogStore(folder: folder.path)
        let first = try await write(0...200, to: store, bytes: 3_000)
        await store.close()
        let file = try #require(folder.files(".sqlite").first { $0.contains("/stores/") })
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        // The pages behind the first keep their places but say nothing any more.
        try handle.seek(toOffset: 16_384)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 200_000))
        try handle.close()

        store = try SQLiteLogStore(folder: folder.path)
        let second = try await write(500...510, to: store)
        #expect(second.lowerBound > first.upperBound)
        #expect(try await numbers(store) == Array(500...510))
        #expect(await store.problems().count == 1)
        await store.close()
    }

    @Test("no damage makes the store trap or hang", arguments: Seeds.sample(15))
    func randomDamage(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        var random = SeededGenerator(seed: seed)
        var store = try SQLiteLogStore(folder: folder.path)
        for day in 0...1 { try await write(day * 100...day * 100 + 60, day: Int64(day), to: store, bytes: 700) }
        await store.close()
        for file in folder.files(".sqlite") where file.contains("/stores/") && Bool.random(using: &random) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            try Data(random.mutated(Array(bytes))).write(to: URL(fileURLWithPath: file))
        }

        store = try SQLiteLogStore(folder: folder.path)
        for query in ["*", "number: 15*", "filler: xx*", "number > 20"] {
            let found = try await numbers(store, query)
            #expect(found == found.sorted(), "seed \(seed)")
        }
        try await write(300...303, day: 1, to: store)
        let found = try await numbers(store, "number >= 300 not number: \"\"")
        #expect(found == [300, 301, 302, 303], "seed \(seed)")
        await store.close()
    }

    @Test("a million different field names cost no more than other texts, and are found")
    func manyFields() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteLogStore(folder: folder.path)
        let (entryCount, fieldCount) = (2_000, 500)
        for first in stride(from: 0, to: entryCount, by: 100) {
            let entries = (first..<first + 100).map { number in
                LogWrite.Entry(
                    LogEntry(
                        time: LogTime(seconds: Self.day),
                        fields: (0..<fieldCount).map { LogField("f\(number * fieldCount + $0)", "v") }))
            }
            _ = try await store.append(
                LogWrite(entries: entries, received: LogTime(seconds: Self.day), isDurable: true), to: shard)
        }
        let scope = SearchScope(
            logstoreNumber: 7, shards: [0],
            search: CompiledSearch(try QueryParser.parse("f999999: v or f0: *").search, index: .default),
            from: .distantPast, to: .distantFuture, timeLimit: .seconds(60))
        let found = try await store.search(SearchRequest(scope: scope, order: .oldestFirst, offset: 0, limit: 10))
        #expect(found.isComplete && found.entries.count == 2)

        let logstore = LogstoreDefinition(
            id: LogstoreID(
                project: try ProjectName(validating: "demo"), logstore: try LogstoreName(validating: "web")),
            number: 7, ttlDays: 1, shards: ShardMap(count: 1, createTime: 0), createTime: 0)
        let totals = try await store.totals(of: logstore)
        #expect(totals.entryCount == entryCount && totals.fieldNames.count == DayFileSchema.fieldNameCountMax)
        await store.close()
    }

    @Test("expiry deletes whole files, the one being written included; cursors go on")
    func expiry() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteLogStore(folder: folder.path)
        for day in 0...3 { try await write(day...day, day: Int64(day), to: store) }
        let logstore = LogstoreDefinition(
            id: LogstoreID(
                project: try ProjectName(validating: "demo"), logstore: try LogstoreName(validating: "web")),
            number: 7, ttlDays: 1, shards: ShardMap(count: 1, createTime: 0), createTime: 0)

        let count = try await store.expire(logstore, before: Int(Self.day / 86_400) + 2)
        #expect(count == 2)
        #expect(try await numbers(store) == [2, 3])
        #expect(folder.files(".sqlite").count { $0.contains("/stores/") } == 2)
        let totals = try await store.totals(of: logstore)
        #expect(totals.entryCount == 2 && totals.fileByteCount > 0 && totals.fieldNames == ["filler", "number"])

        #expect(try await store.expire(logstore, before: Int(Self.day / 86_400) + 9) == 2)
        let last = try await write(9...9, day: 3, to: store)
        #expect(
            try await store.read(shard, from: 0, countMax: 10, byteCountMax: 1_000).map(\.sequence) == [last.lowerBound]
        )
        await store.close()
    }

    @Test("a second process is kept out, and let in after the first has gone")
    func folderLock() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteLogStore(folder: folder.path)

        let error = #expect(throws: LogStoreError.self) { _ = try SQLiteLogStore(folder: folder.path) }
        #expect(error?.message.contains("in use by another process") == true)
        await store.close()
        await (try SQLiteLogStore(folder: folder.path)).close()
    }

    @Test("a removed logstore leaves nothing behind, also under the same name")
    func removal() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteLogStore(folder: folder.path)
        let project = ProjectDefinition(
            name: try ProjectName(validating: "demo"), description: "d", organization: "Org1MSP", createTime: 1)
        let logstore = LogstoreDefinition(
            id: LogstoreID(project: project.name, logstore: try LogstoreName(validating: "web")), number: 7,
            ttlDays: 30,
            shards: ShardMap(count: 1, createTime: 1), createTime: 1)
        let record = LogRecord(key: .init(project: project.name, kind: "alarm", name: "a"), document: "{}")
        try await store.save(project)
        try await store.save(logstore)
        try await store.save(record)
        try await write(0...3, to: store)
        let definitions = try await store.loadDefinitions()
        #expect(
            definitions == LogDefinitions(projects: [project], logstores: [logstore], records: [record]))

        try await store.remove(project.name)
        #expect(try await store.loadDefinitions() == LogDefinitions())
        #expect(try await numbers(store) == [])
        #expect(folder.files(".sqlite").map { ($0 as NSString).lastPathComponent } == ["definitions.sqlite"])
        await store.close()
    }

    @Test("writes that wait together are stored together; each gets its own sequences")
    func concurrentWrites() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteLogStore(folder: folder.path)
        let ranges = try await withThrowingTaskGroup(of: ClosedRange<Int64>.self) { group in
            for number in 0..<60 {
                group.addTask { try await write(number * 10...number * 10 + 9, to: store, isDurable: number % 3 == 0) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let sequences = ranges.flatMap { Array($0) }
        #expect(Set(sequences).count == 600)
        #expect(try await numbers(store) == Array(0..<600))
        try await store.sync()
        await store.close()
    }

    @Test(
        "a full disk refuses writes, answers queries, and takes writes again once there is room",
        .enabled(if: geteuid() == 0, "mounting a small file system needs root"))
    func fullDisk() async throws {
        let folder = try TemporaryFolder()
        let small = folder.path + "/small"
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
        guard try run("/bin/mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", small) == 0 else {
            return  // A container that may not mount cannot show this.
        }
        let store = try SQLiteLogStore(folder: small)
        var written = 0
        var refusal: LogStoreError?
        while refusal == nil {
            do {
                try await write(written...written, to: store, bytes: 100_000)
                written += 1
            } catch let error as LogStoreError {
                refusal = error
            }
            try #require(written < 100)
        }
        #expect(refusal?.code == .diskFull)
        #expect(try await numbers(store) == Array(0..<written))
        #expect(try run("/bin/mount", "-o", "remount,size=30m", small) == 0)
        try await write(written...written, to: store)
        #expect(try await numbers(store) == Array(0...written))
        await store.close()
        #expect(try run("/bin/umount", small) == 0)
    }

    private func run(_ program: String, _ arguments: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
