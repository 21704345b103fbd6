package import LogCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Logs on disk: one SQLite file for each shard and day, with an index of words.
///
/// ```
/// <folder>/lock                                      held while a process uses the folder
/// <folder>/definitions.sqlite                        projects, logstores, alarms, consumer groups
/// <folder>/stores/<number>/<shard>/<day>.<first sequence>.sqlite[.damaged]
/// ```
package final class SQLiteLogStore: LogStore {
    package struct Limits: Sendable {
        /// Threads that write, shared by all shards.
        package var writerThreadCount = 2
        /// Queries that run at once.
        package var queryThreadCount = 4
        /// Matches a page may lie behind; deeper pages need a narrower time range.
        package var searchDepthMax = 1_000_000
        /// Bytes of one value in a `select`.
        package var selectValueByteCountMax = 4 * 1024 * 1024
        /// Bytes of all rows a `select` answers.
        package var selectAnswerByteCountMax = 32 * 1024 * 1024

        package init() {}
    }

    private final class Definitions {
        var file: DefinitionsFile?

        init(file: DefinitionsFile) {
            self.file = file
        }
    }

    let folder: String
    let limits: Limits
    let readers = ReaderConnections()
    let queries: QueryThreads
    let storeProblems: StoreProblems
    private let writers: [StorageThread]
    private let definitionsThread = StorageThread(label: "duet.logs.definitions")
    private let lock: FolderLock
    private let shards = Mutex<[ShardAddress: ShardFolder]>([:])
    // Safe: used only by work on `definitionsThread`, which runs one piece after the other. Nil once the store is closed.
    nonisolated(unsafe) private let definitions: Definitions

    /// Opens the folder, or makes it. Blocks; call it at start.
    ///
    /// - Throws: ``LogStoreError`` when another process uses the folder or the definitions cannot be read.
    package init(
        folder: String, limits: Limits = Limits(), now: @escaping @Sendable () -> LogTime = SQLiteLogStore.systemTime
    ) throws {
        self.folder = folder
        self.limits = limits
        storeProblems = StoreProblems(now: now)
        queries = QueryThreads(count: limits.queryThreadCount)
        writers = (0..<limits.writerThreadCount).map { StorageThread(label: "duet.logs.write.\($0)") }
        do {
            try FileOperations.createFolder(folder + "/stores")
        } catch {
            throw LogStoreError(
                code: .storageFailed,
                message: "The log folder \"\(folder)\" cannot be made (\(error)). Check its owner.")
        }
        lock = try FolderLock(path: folder + "/lock")
        do {
            definitions = Definitions(file: try DefinitionsFile(path: folder + "/definitions.sqlite"))
        } catch let error as SQLiteError {
            throw LogStoreError(error)
        }
    }

    /// Finishes what was begun, closes all files and lets another process use the folder. The store is of no use then.
    package func close() async {
        for shard in shards.withLock({ Array($0.values) }) { await shard.close() }
        // The work does not throw.
        try? await definitionsThread.run { self.definitions.file = nil }
        lock.release()
    }

    package static let systemTime: @Sendable () -> LogTime = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(seconds: Int64(time.tv_sec), nanosecondPart: UInt32(clamping: time.tv_nsec))
    }

    func shardFolder(_ address: ShardAddress) -> ShardFolder {
        shards.withLock { shards in
            if let shard = shards[address] { return shard }
            let shard = ShardFolder(
                path: "\(storeFolder(address.logstoreNumber))/\(address.shard)",
                thread: writers[
                    Int((address.logstoreNumber &+ Int64(address.shard)).magnitude % UInt64(writers.count))],
                readers: readers, problems: storeProblems)
            shards[address] = shard
            return shard
        }
    }

    private func storeFolder(_ number: Int64) -> String {
        "\(folder)/stores/\(number)"
    }

    // MARK: Definitions

    package func loadDefinitions() async throws -> LogDefinitions {
        try await define { try $0.load() }
    }

    package func save(_ project: ProjectDefinition) async throws {
        try await define { try $0.save(project) }
    }

    package func save(_ logstore: LogstoreDefinition) async throws {
        try await define { try $0.save(logstore) }
    }

    package func save(_ record: LogRecord) async throws {
        try await define { try $0.save(record) }
    }

    package func remove(_ project: ProjectName) async throws {
        let logstores = try await loadDefinitions().logstores.filter { $0.id.project == project }
        try await define { try $0.remove(project) }
        for logstore in logstores { try await deleteFiles(of: logstore.number) }
    }

    package func remove(_ logstore: LogstoreDefinition) async throws {
        try await define { try $0.remove(logstore.id) }
        try await deleteFiles(of: logstore.number)
    }

    package func removeRecord(_ key: LogRecord.Key) async throws {
        try await define { try $0.removeRecord(key) }
    }

    private func define<T: Sendable>(_ work: @escaping @Sendable (DefinitionsFile) throws -> T) async throws -> T {
        try await definitionsThread.run {
            guard let definitions = self.definitions.file else {
                throw LogStoreError(code: .storageFailed, message: "The log store is closed.")
            }
            do {
                return try work(definitions)
            } catch let error as SQLiteError {
                throw LogStoreError(error)
            }
        }
    }

    private func deleteFiles(of number: Int64) async throws {
        let closed = shards.withLock { shards in
            let closed = shards.filter { $0.key.logstoreNumber == number }
            for address in closed.keys { shards[address] = nil }
            return closed.values
        }
        for shard in closed { await shard.close() }
        let path = storeFolder(number)
        try await definitionsThread.run { try FileOperations.deleteFolder(path) }
    }

    // MARK: Entries

    package func append(_ write: LogWrite, to shard: ShardAddress) async throws -> ClosedRange<Int64> {
        try await shardFolder(shard).append(write)
    }

    package func sync() async throws {
        for shard in shards.withLock({ Array($0.values) }) { try await shard.sync() }
    }

    package func receipts(since: LogTime) async throws -> Set<WriteReceipt> {
        var receipts: Set<WriteReceipt> = []
        for logstore in try await loadDefinitions().logstores {
            for shard in logstore.shards.shards {
                let folder = shardFolder(ShardAddress(logstoreNumber: logstore.number, shard: shard.id))
                for file in try await folder.files()
                where file.name.day >= Int(since.seconds / 86_400) && file.summary.entryCount > 0 {
                    receipts.formUnion(try await query(file, in: folder) { try Self.receipts($0, since: since) } ?? [])
                }
            }
        }
        return receipts
    }

    private static func receipts(_ connection: SQLiteConnection, since: LogTime) throws -> Set<WriteReceipt> {
        let statement = try connection.prepare("SELECT fingerprint FROM receipt WHERE received >= ?1")
        try statement.bind(1, since.nanoseconds)
        var receipts: Set<WriteReceipt> = []
        while try statement.step() { receipts.insert(WriteReceipt(bytes: Array(statement.bytes(0)))) }
        return receipts
    }

    package func read(
        _ shard: ShardAddress, from sequence: Int64, countMax: Int, byteCountMax: Int
    ) async throws -> [StoredEntry] {
        let folder = shardFolder(shard)
        var found: [StoredEntry] = []
        var byteCount = 0
        for file in try await folder.files() where file.summary.lastSequence >= sequence && file.summary.entryCount > 0
        {
            let countLeft = countMax - found.count
            let bytesLeft = byteCountMax - byteCount
            if countLeft <= 0 || (bytesLeft <= 0 && !found.isEmpty) { break }
            let more = try await query(file, in: folder) { connection in
                try Self.read(connection, shard.shard, from: sequence, countMax: countLeft, byteCountMax: bytesLeft)
            }
            for entry in more ?? [] {
                byteCount += entry.encoded.bytes.count
                found.append(entry)
            }
        }
        return found
    }

    private static func read(
        _ connection: SQLiteConnection, _ shard: Int, from sequence: Int64, countMax: Int, byteCountMax: Int
    ) throws -> [StoredEntry] {
        let statement = try connection.prepare("SELECT id, time, body FROM entry WHERE id >= ?1 ORDER BY id LIMIT ?2")
        try statement.bind(1, sequence)
        try statement.bind(2, Int64(countMax))
        var found: [StoredEntry] = []
        var byteCount = 0
        while try statement.step() {
            let bytes = Array(statement.bytes(2))
            byteCount += bytes.count
            if byteCount > byteCountMax && !found.isEmpty { break }
            found.append(
                StoredEntry(
                    shard: shard, sequence: statement.integer(0), time: LogTime(nanoseconds: statement.integer(1)),
                    encoded: EncodedLogEntry(bytes: bytes)))
        }
        return found
    }

    package func bounds(of shard: ShardAddress) async throws -> Range<Int64> {
        let files = try await shardFolder(shard).files()
        let end = (files.map(\.summary.lastSequence).max() ?? 0) + 1
        let first = files.filter { $0.summary.entryCount > 0 }.map(\.name.firstSequence).min() ?? end
        return min(first, end)..<end
    }

    /// Runs a query on one file. A damaged file is set aside and answers nil, as does one that expired meanwhile.
    func query<T: Sendable>(
        _ file: DayFile, in folder: ShardFolder, _ body: @escaping @Sendable (SQLiteConnection) throws -> T
    ) async throws -> T? {
        do {
            return try await queries.run { [readers] in try readers.withConnection(to: file.path, body) }
        } catch let error as SQLiteError {
            if error.isDamage {
                await folder.reportDamage(file, error)
                return nil
            }
            if error.isMissingFile { return nil }
            throw LogStoreError(error)
        }
    }

    // MARK: Housekeeping

    package func expire(_ logstore: LogstoreDefinition, before day: Int) async throws -> Int {
        var count = 0
        for shard in logstore.shards.shards {
            let address = ShardAddress(logstoreNumber: logstore.number, shard: shard.id)
            count += try await shardFolder(address).expire(before: day)
        }
        return count
    }

    package func totals(of logstore: LogstoreDefinition) async throws -> LogTotals {
        var totals = LogTotals(shards: [], oldest: nil, newest: nil, fieldNames: [])
        var names: Set<String> = []
        for shard in logstore.shards.shards {
            let folder = shardFolder(ShardAddress(logstoreNumber: logstore.number, shard: shard.id))
            let files = try await folder.files()
            for file in files where file.summary.entryCount > 0 {
                let (oldest, newest) = (file.summary.timeMin, file.summary.timeMax)
                totals.oldest = min(totals.oldest ?? .distantFuture, LogTime(nanoseconds: oldest))
                totals.newest = max(totals.newest ?? .distantPast, LogTime(nanoseconds: newest))
                if names.count < DayFileSchema.fieldNameCountMax {
                    names.formUnion(try await query(file, in: folder, Self.fieldNames) ?? [])
                }
            }
            totals.shards.append(
                LogTotals.Shard(
                    shard: shard.id, entryCount: files.reduce(0) { $0 + Int($1.summary.entryCount) },
                    textByteCount: files.reduce(0) { $0 + Int($1.summary.textByteCount) },
                    fileByteCount: files.reduce(0) { $0 + FileOperations.byteCount(ofDatabase: $1.path) },
                    fileCount: files.count))
        }
        totals.fieldNames = Array(names.sorted().prefix(DayFileSchema.fieldNameCountMax))
        return totals
    }

    static func fieldNames(_ connection: SQLiteConnection) throws -> [String] {
        let statement = try connection.prepare("SELECT name FROM field ORDER BY name")
        var names: [String] = []
        while try statement.step() { names.append(statement.text(0)) }
        return names
    }

    package func problems() async -> [LogStoreProblem] {
        storeProblems.all
    }
}
