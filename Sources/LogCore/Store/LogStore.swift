/// Where entries and definitions are kept.
///
/// Definitions are written through: the log service holds them in memory and tells the store each change. Entries belong to
/// a shard, where each gets a **sequence**: the microsecond of its arrival, moved on by one where that is taken. Sequences
/// only rise, also after a file was lost, so a cursor stays valid and tells its time.
///
/// All functions may be called concurrently and do their work off the cooperative pool.
package protocol LogStore: Sendable {
    /// Everything defined so far.
    func loadDefinitions() async throws -> LogDefinitions

    /// Durable when it returns.
    func save(_ project: ProjectDefinition) async throws
    func save(_ logstore: LogstoreDefinition) async throws
    func save(_ record: LogRecord) async throws
    /// Removes the project with its logstores and their entries.
    func remove(_ project: ProjectName) async throws
    /// Removes the logstore with its entries.
    func remove(_ logstore: LogstoreDefinition) async throws
    func removeRecord(_ key: LogRecord.Key) async throws

    /// Appends entries in order. Several callers share one write.
    ///
    /// - Returns: The sequences given, first to last; consecutive.
    /// - Throws: ``LogStoreError``. Nothing of the write is stored then.
    func append(_ write: LogWrite, to shard: ShardAddress) async throws -> ClosedRange<Int64>
    /// Makes every write so far durable.
    func sync() async throws
    /// Receipts of writes that arrived since; see ``WriteReceipt``.
    func receipts(since: LogTime) async throws -> Set<WriteReceipt>

    /// Entries of one shard from a sequence on, in order, up to a number and a size; at least one if there is one.
    func read(_ shard: ShardAddress, from sequence: Int64, countMax: Int, byteCountMax: Int) async throws
        -> [StoredEntry]
    /// The first sequence kept and the one behind the last; equal when the shard is empty.
    func bounds(of shard: ShardAddress) async throws -> Range<Int64>

    func search(_ request: SearchRequest) async throws -> SearchAnswer
    func histogram(_ request: HistogramRequest) async throws -> HistogramAnswer
    /// - Throws: ``QueryError`` for a wrong statement, with its position in the whole query.
    func select(_ request: SelectRequest) async throws -> SelectAnswer

    /// Deletes the files of days before `day` (days since 1970).
    /// - Returns: Number of files deleted.
    func expire(_ logstore: LogstoreDefinition, before day: Int) async throws -> Int
    func totals(of logstore: LogstoreDefinition) async throws -> LogTotals
    /// What went wrong and needs a person, oldest first.
    func problems() async -> [LogStoreProblem]
}

/// What a store knows at start.
package struct LogDefinitions: Hashable, Sendable {
    package var projects: [ProjectDefinition]
    package var logstores: [LogstoreDefinition]
    package var records: [LogRecord]

    package init(
        projects: [ProjectDefinition] = [], logstores: [LogstoreDefinition] = [], records: [LogRecord] = []
    ) {
        self.projects = projects
        self.logstores = logstores
        self.records = records
    }
}

/// Something small that belongs to a project and is kept as a document: an alarm with its state, a consumer group.
package struct LogRecord: Hashable, Sendable {
    package struct Key: Hashable, Sendable {
        package var project: ProjectName
        package var kind: String
        package var name: String

        package init(project: ProjectName, kind: String, name: String) {
            self.project = project
            self.kind = kind
            self.name = name
        }
    }

    package var key: Key
    /// JSON.
    package var document: String

    package init(key: Key, document: String) {
        self.key = key
        self.document = document
    }
}

/// A shard of a logstore, by the logstore's number.
package struct ShardAddress: Hashable, Sendable {
    package let logstoreNumber: Int64
    package let shard: Int

    package init(logstoreNumber: Int64, shard: Int) {
        self.logstoreNumber = logstoreNumber
        self.shard = shard
    }
}

/// Entries on their way into a shard.
package struct LogWrite: Sendable {
    package struct Entry: Hashable, Sendable {
        package let time: LogTime
        package let encoded: EncodedLogEntry

        package init(_ entry: LogEntry) {
            time = entry.time
            encoded = EncodedLogEntry(entry)
        }
    }

    /// At least one.
    package let entries: [Entry]
    /// Stored with the entries, so that a repeat is recognised after a crash.
    package let receipt: WriteReceipt?
    /// When it arrived.
    package let received: LogTime
    /// Whether the entries must be on disk when `append` returns. Otherwise they are visible, survive the process, and
    /// are on disk after the next `sync`.
    package let isDurable: Bool

    package init(entries: [Entry], receipt: WriteReceipt? = nil, received: LogTime, isDurable: Bool) {
        precondition(!entries.isEmpty, "a write has an entry")
        self.entries = entries
        self.receipt = receipt
        self.received = received
        self.isDurable = isDurable
    }
}

/// The fingerprint of an acknowledged write, by which its repeat is recognised: 16 bytes of a digest.
package struct WriteReceipt: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// An entry with its place.
package struct StoredEntry: Hashable, Sendable {
    package let shard: Int
    package let sequence: Int64
    package let time: LogTime
    package let encoded: EncodedLogEntry

    package init(shard: Int, sequence: Int64, time: LogTime, encoded: EncodedLogEntry) {
        self.shard = shard
        self.sequence = sequence
        self.time = time
        self.encoded = encoded
    }

    package var entry: LogEntry { encoded.entry(at: time) }
}

/// What to search, where and how long.
package struct SearchScope: Sendable {
    package let logstoreNumber: Int64
    package let shards: [Int]
    package let search: CompiledSearch
    /// First time that counts.
    package let from: LogTime
    /// First time that does not count any more.
    package let to: LogTime
    /// After this long the answer is what was found until then.
    package let timeLimit: Duration

    package init(
        logstoreNumber: Int64, shards: [Int], search: CompiledSearch, from: LogTime, to: LogTime, timeLimit: Duration
    ) {
        self.logstoreNumber = logstoreNumber
        self.shards = shards
        self.search = search
        self.from = from
        self.to = to
        self.timeLimit = timeLimit
    }
}

package struct SearchRequest: Sendable {
    package enum Order: Hashable, Sendable {
        case oldestFirst
        case newestFirst
    }

    package let scope: SearchScope
    package let order: Order
    /// Matches to leave out at the beginning, and to answer at most.
    package let offset: Int
    package let limit: Int

    package init(scope: SearchScope, order: Order, offset: Int, limit: Int) {
        self.scope = scope
        self.order = order
        self.offset = offset
        self.limit = limit
    }
}

package struct SearchAnswer: Hashable, Sendable {
    /// By time, entries of the same time by shard and sequence.
    package var entries: [StoredEntry]
    /// False when the time limit came first: there may be more.
    package var isComplete: Bool
    /// Entries looked at.
    package var processedCount: Int

    package init(entries: [StoredEntry], isComplete: Bool, processedCount: Int) {
        self.entries = entries
        self.isComplete = isComplete
        self.processedCount = processedCount
    }
}

package struct HistogramRequest: Sendable {
    package let scope: SearchScope
    package let buckets: HistogramBuckets

    package init(scope: SearchScope, buckets: HistogramBuckets) {
        self.scope = scope
        self.buckets = buckets
    }
}

package struct HistogramAnswer: Hashable, Sendable {
    package var intervals: [HistogramBuckets.Interval]
    package var isComplete: Bool

    package init(intervals: [HistogramBuckets.Interval], isComplete: Bool) {
        self.intervals = intervals
        self.isComplete = isComplete
    }

    package var count: Int { intervals.reduce(0) { $0 + $1.count } }
}

package struct SelectRequest: Sendable {
    package let scope: SearchScope
    package let select: LogQuery.Select
    package let index: LogIndex
    /// Rows when the statement sets no limit of its own, and at most.
    package let rowCountDefault: Int
    package let rowCountMax: Int

    package init(scope: SearchScope, select: LogQuery.Select, index: LogIndex, rowCountDefault: Int, rowCountMax: Int) {
        self.scope = scope
        self.select = select
        self.index = index
        self.rowCountDefault = rowCountDefault
        self.rowCountMax = rowCountMax
    }
}

package struct SelectAnswer: Hashable, Sendable {
    package var columns: [String]
    /// nil is SQL's NULL.
    package var rows: [[String?]]
    /// Entries looked at.
    package var processedCount: Int
    package var isComplete: Bool

    package init(columns: [String], rows: [[String?]], processedCount: Int, isComplete: Bool) {
        self.columns = columns
        self.rows = rows
        self.processedCount = processedCount
        self.isComplete = isComplete
    }
}

/// Sizes of a logstore.
package struct LogTotals: Hashable, Sendable {
    package struct Shard: Hashable, Sendable {
        package var shard: Int
        package var entryCount: Int
        /// UTF-8 bytes of names and texts.
        package var textByteCount: Int
        /// On disk, index included.
        package var fileByteCount: Int
        package var fileCount: Int

        package init(shard: Int, entryCount: Int, textByteCount: Int, fileByteCount: Int, fileCount: Int) {
            self.shard = shard
            self.entryCount = entryCount
            self.textByteCount = textByteCount
            self.fileByteCount = fileByteCount
            self.fileCount = fileCount
        }
    }

    package var shards: [Shard]
    /// Nil when there is no entry.
    package var oldest: LogTime?
    package var newest: LogTime?
    /// Field names seen, at most a thousand.
    package var fieldNames: [String]

    package init(shards: [Shard], oldest: LogTime?, newest: LogTime?, fieldNames: [String]) {
        self.shards = shards
        self.oldest = oldest
        self.newest = newest
        self.fieldNames = fieldNames
    }

    package var entryCount: Int { shards.reduce(0) { $0 + $1.entryCount } }
    package var fileByteCount: Int { shards.reduce(0) { $0 + $1.fileByteCount } }
}

/// Something that a store could not do and went on without.
package struct LogStoreProblem: Hashable, Sendable {
    package let time: LogTime
    /// A whole sentence with the file's name.
    package let message: String

    package init(time: LogTime, message: String) {
        self.time = time
        self.message = message
    }
}

/// The store could not do its part.
package struct LogStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// Too much is waiting to be written: repeat later.
        case overloaded
        /// The disk is full: nothing is stored until there is room.
        case diskFull
        /// A file is damaged or the disk failed.
        case storageFailed
        /// A query used more time, rows or memory than it may.
        case limitReached
        case notSupported
    }

    package let code: Code
    /// A whole sentence.
    package let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
