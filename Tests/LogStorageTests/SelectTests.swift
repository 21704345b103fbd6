import LogCore
import Testing

@testable import LogStorage

@Suite("Select statements")
struct SelectTests {
    /// Twenty requests, one a minute from 2024-02-01 03:00, every fourth an error.
    static func withStore(
        timeLimit: Duration = .seconds(20), index: LogIndex = .default,
        _ body: (_ select: (String) async throws -> SelectAnswer) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteLogStore(folder: folder.path)
        let start: Int64 = 1_706_756_400
        let entries = (0..<20).map { number in
            LogEntry(
                time: LogTime(seconds: start + Int64(number) * 60, nanosecondPart: 5_000_000), topic: "web",
                source: "10.0.0.1",
                tags: [LogField("host", "h\(number % 2)")],
                fields: [
                    LogField("level", number % 4 == 0 ? "error" : "info"), LogField("status", "\(200 + number * 20)"),
                    LogField("durationMs", "\(number).5"), LogField("user-name", "u\(number % 3)"),
                    LogField("message", #"{"id": \#(number), "who": {"name": "n\#(number)"}}"#),
                ])
        }
        for (shard, part) in [entries[..<12], entries[12...]].enumerated() {
            let write = LogWrite(
                entries: part.map { .init($0) }, received: LogTime(seconds: start), isDurable: false)
            _ = try await store.append(write, to: ShardAddress(logstoreNumber: 1, shard: shard))
        }
        try await body { text in
            let query = try QueryParser.parse(text)
            return try await store.select(
                SelectRequest(
                    scope: SearchScope(
                        logstoreNumber: 1, shards: [0, 1], search: CompiledSearch(query.search, index: index),
                        from: LogTime(seconds: 0), to: LogTime(seconds: 2_000_000_000), timeLimit: timeLimit),
                    select: try #require(query.select), index: index, rowCountDefault: 100, rowCountMax: 1_000))
        }
        await store.close()
    }

    @Test(
        "statements over the matches",
        arguments: [
            ("* | select count(*) as n", ["20"]),
            ("level: error | select count(*) as n from log", ["5"]),
            ("* | select level, count(1) c group by level order by c desc", ["info 15", "error 5"]),
            ("* | select max(durationMs), avg(durationMs) from log", ["19.5 10.0"]),
            (
                "* | select date_trunc('minute', __time__) t, count(*) group by t order by t limit 1",
                ["2024-02-01 03:00:00.000 1"]
            ),
            (
                "* | select from_unixtime(__time__) where level = 'error' order by 1 limit 1, 1",
                ["2024-02-01 03:04:00.000"]
            ),
            ("* | select date_format(__time__, '%Y/%m/%d %H:%i:%s %W') limit 1;", ["2024/02/01 03:00:00 Thursday"]),
            ("* | select json_extract_scalar(message, '$.who.name') n where n = 'n7'", ["n7"]),
            ("* | select json_extract_scalar(level, '$.who') limit 1", ["-"]),
            ("* | select \"user-name\" u, count(*) group by u having count(*) > 6 order by u", ["u0 7", "u1 7"]),
            ("* | select \"__tag__:host\" h, approx_distinct(status) group by h order by h", ["h0 10", "h1 10"]),
            ("* | select max_by(status, durationMs), min_by(status, durationMs)", ["580 200"]),
            ("* | select approx_percentile(durationMs, 0.5), count_if(level = 'error')", ["10.5 5"]),
            ("* | select count(*) where regexp_like(status, '^2\\d0$')", ["5"]),
            ("* | select regexp_extract(message, '\"name\": \"(\\w+)\"', 1) limit 1", ["n0"]),
            ("* | select concat(level, '-', status) from log order by __time__ limit 2", ["error-200", "info-220"]),
            ("* | select split_part('a:b:c', ':', 2), strpos('abc', 'c') limit 1", ["b 3"]),
            ("* | with e as (select level l from log) select count(*) from e where l = 'error'", ["5"]),
            (
                "* | select a.status from log a join log b on a.status = b.status where a.level = 'error' order by 1 limit 1",
                ["200"]
            ),
            ("* | select j.key from log, json_each(message) j group by 1 order by 1", ["id", "who"]),
            ("* | select level, row_number() over (order by __time__) r from log order by r limit 1", ["error 1"]),
            ("* | select __topic__, __source__, __time_ns_part__ limit 1", ["web 10.0.0.1 5000000"]),
            ("nothing | select count(*), sum(durationMs), approx_distinct(level)", ["0 - 0"]),
        ])
    func statements(query: String, rows: [String]) async throws {
        try await Self.withStore { select in
            let answer = try await select(query)
            #expect(answer.rows.map { $0.map { $0 ?? "-" }.joined(separator: " ") } == rows)
        }
    }

    @Test("declared numbers are numbers, with their second names")
    func declaredNumbers() async throws {
        let index = try LogIndex(
            IndexDefinition(
                line: .init(token: [" "]),
                keys: ["status": .init(type: .long, alias: "code"), "durationMs": .init(type: .double)]))
        try await Self.withStore(index: index) { select in
            let count = try await select("* | select count(*) where status >= 500")
            #expect(count.rows == [["5"]])
            let sums = try await select("status >= 500 | select max(code), sum(durationMs)")
            #expect(sums.rows == [["580", "87.5"]])
        }
    }

    @Test(
        "a wrong statement is explained with its position in the query",
        arguments: [
            ("* | select nosuch", 11), ("* | select count(", 17), ("* | select 1 from other", 4), ("* | select", 10),
            ("a | select 1 fro log", 17), ("* | select 1; select 2", 13), ("* | select load_extension('x')", 11),
            ("* | select * from sqlite_master", 4), ("* | select regexp_like(level, '(')", 4),
            ("* | select \"leve\" from log", 11), ("* | select count(*) where nosuch = 1", 26),
        ])
    func wrongStatements(query: String, offset: Int) async throws {
        try await Self.withStore { select in
            let error = await #expect(throws: QueryError.self) { try await select(query) }
            #expect(error?.utf8Offset == offset, "\(String(describing: error))")
        }
    }

    @Test(
        "nothing but reading is possible",
        arguments: [
            "select randomblob(1000000000)", "select zeroblob(100000000)", "select * from pragma_database_list",
            "select readfile('/etc/passwd')", "select * from dbstat", "select fts5(1)", "select * from sqlite_stmt",
            "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r",
            "select writefile('/tmp/x', 'y')", "select sqlite_version()", "select load_extension('/tmp/x.so') from log",
            "with a as (select 1) delete from log", "with a as (select 1) insert into log values (1)",
        ])
    func hostileStatements(statement: String) async throws {
        try await Self.withStore { select in
            await #expect(throws: QueryError.self) { try await select("* | \(statement)") }
        }
    }

    @Test(
        "time, values and answers are bounded",
        arguments: [
            "select count(*) from log a, log b, log c, log d, log e, log f, log g, log h",
            "select replace(hex(printf('%2000000d', 1)), '0', 'xxxx')",
            "select a.message from log a, log b, log c limit 100000",
        ])
    func boundedStatements(statement: String) async throws {
        try await Self.withStore(timeLimit: .milliseconds(500)) { select in
            let error = await #expect(throws: LogStoreError.self) { try await select("* | \(statement)") }
            #expect(error?.code == .limitReached)
        }
    }

    @Test("without a limit a hundred rows are answered")
    func defaultLimit() async throws {
        try await Self.withStore { select in
            let short = try await select("* | select a.level from log a, log b")
            #expect(short.rows.count == 100)
            let long = try await select("* | select a.level from log a, log b limit 300")
            #expect(long.rows.count == 300)
        }
    }

    @Test("a temporary file cannot grow beyond its bound")
    func temporaryFiles() throws {
        let connection = try SQLiteConnection(path: "", mode: .inMemory)
        try connection.execute("PRAGMA temp_store=FILE; CREATE TEMP TABLE big (x); PRAGMA temp.cache_size=10")
        let error = try #require(throws: SQLiteError.self) {
            for _ in 0..<40 { try connection.execute("INSERT INTO big VALUES (zeroblob(10000000))") }
        }
        #expect(error.isDiskFull)
    }
}
