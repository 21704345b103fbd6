internal import FoundationEssentials
internal import GRDBSQLite
internal import LogCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Writes one day file. Used by the shard's writer thread alone.
final class DayFileWriter {
    private(set) var file: DayFile
    private let connection: SQLiteConnection
    private let insertEntry: SQLiteStatement
    private let insertWords: SQLiteStatement
    private let insertField: SQLiteStatement
    private let insertReceipt: SQLiteStatement
    private let updateSummary: SQLiteStatement
    /// Names already in the file, so that most entries need no look at the table.
    private var fieldNames: Set<[UInt8]>
    private var isSynced = true
    private var text: [UInt8] = []

    /// Opens the file, or creates it.
    init(_ file: DayFile) throws {
        let isNew = access(file.path, F_OK) != 0
        connection = try SQLiteConnection(path: file.path, mode: .readWrite)
        try DayFileSchema.prepare(connection)
        if isNew { try Self.syncFolder(of: file.path) }
        insertEntry = try connection.prepare("INSERT INTO entry (id, time, body) VALUES (?1, ?2, ?3)")
        insertWords = try connection.prepare("INSERT INTO word (rowid, text) VALUES (?1, ?2)")
        insertField = try connection.prepare("INSERT OR IGNORE INTO field (name) VALUES (?1)")
        insertReceipt = try connection.prepare("INSERT OR REPLACE INTO receipt (fingerprint, received) VALUES (?1, ?2)")
        updateSummary = try connection.prepare(
            """
            UPDATE summary SET entry_count = ?1, text_bytes = ?2, time_min = ?3, time_max = ?4, last_sequence = ?5
            """)
        fieldNames = []
        self.file = file
        self.file.summary = try DayFileSchema.summary(connection)
        let names = try connection.prepare("SELECT name FROM field")
        while try names.step() { fieldNames.insert(Array(names.bytes(0))) }
    }

    /// Writes all of them in one storage transaction, or none.
    ///
    /// - Parameter sequences: The first sequence of each write.
    func append(_ writes: [LogWrite], sequences: [Int64]) throws {
        let isDurable = writes.contains { $0.isDurable }
        try connection.execute(isDurable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL")
        try connection.execute("BEGIN IMMEDIATE")
        let namesBefore = fieldNames
        do {
            var summary = file.summary
            for (write, first) in zip(writes, sequences) {
                try insert(write, first: first, summary: &summary)
            }
            try store(summary)
            try connection.execute("COMMIT")
            file.summary = summary
        } catch {
            fieldNames = namesBefore
            // The first error is the one to tell; a rollback fails only where SQLite has rolled back itself.
            try? connection.execute("ROLLBACK")
            throw error
        }
        // A full commit makes everything before it durable too: the write-ahead log is one file.
        isSynced = isDurable
    }

    /// Makes everything appended so far durable.
    func sync() throws {
        guard !isSynced else { return }
        let descriptor = open(file.path + "-wal", O_RDONLY)
        // Without a write-ahead log a checkpoint has moved everything into the file, synced.
        if descriptor >= 0 {
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else {
                throw SQLiteError(code: SQLITE_IOERR, message: "syncing failed, error \(errno)", path: file.path)
            }
        }
        isSynced = true
    }

    private func insert(_ write: LogWrite, first: Int64, summary: inout DayFile.Summary) throws {
        var sequence = first
        for entry in write.entries {
            try insertEntry.bind(1, sequence)
            try insertEntry.bind(2, entry.time.nanoseconds)
            try insertEntry.bind(3, blob: entry.encoded.bytes)
            try insertEntry.run()
            try index(entry.encoded, sequence: sequence, summary: &summary)
            summary.timeMin = min(summary.timeMin, entry.time.nanoseconds)
            summary.timeMax = max(summary.timeMax, entry.time.nanoseconds)
            summary.lastSequence = sequence
            sequence += 1
        }
        summary.entryCount += Int64(write.entries.count)
        if let receipt = write.receipt {
            try insertReceipt.bind(1, blob: receipt.bytes)
            try insertReceipt.bind(2, write.received.nanoseconds)
            try insertReceipt.run()
        }
    }

    private func index(_ encoded: EncodedLogEntry, sequence: Int64, summary: inout DayFile.Summary) throws {
        text.removeAll(keepingCapacity: true)
        var newNames: [[UInt8]] = []
        encoded.bytes.withUnsafeBufferPointer { bytes in
            _ = LogEntryView(bytes: bytes).containsField { place, name, value in
                summary.textByteCount += Int64(name.count + value.count)
                IndexWords.appendIndexText(of: value, to: &text)
                if place == .field, fieldNames.count + newNames.count < DayFileSchema.fieldNameCountMax,
                    name.count <= DayFileSchema.fieldNameByteCountMax
                {
                    let name = Array(name)
                    if !fieldNames.contains(name) { newNames.append(name) }
                }
                return false
            }
        }
        try insertWords.bind(1, sequence)
        try insertWords.bind(2, text: text)
        try insertWords.run()
        for name in newNames {
            try insertField.bind(1, text: name)
            try insertField.run()
            fieldNames.insert(name)
        }
    }

    private func store(_ summary: DayFile.Summary) throws {
        try updateSummary.bind(1, summary.entryCount)
        try updateSummary.bind(2, summary.textByteCount)
        try updateSummary.bind(3, summary.timeMin)
        try updateSummary.bind(4, summary.timeMax)
        try updateSummary.bind(5, summary.lastSequence)
        try updateSummary.run()
    }

    /// Makes a new file's name durable.
    private static func syncFolder(of path: String) throws {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let descriptor = open(folder, O_RDONLY)
        guard descriptor >= 0 else {
            throw SQLiteError(code: SQLITE_IOERR, message: "the folder cannot be opened, error \(errno)", path: folder)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw SQLiteError(code: SQLITE_IOERR, message: "the folder cannot be synced, error \(errno)", path: folder)
        }
    }
}
