internal import FoundationEssentials
internal import GRDBSQLite
internal import LogCore
internal import Synchronization

/// The files of one shard: one writer, any number of readers.
///
/// Writes that wait are written together, in one storage transaction with one sync. All changes to files (opening,
/// setting aside, deleting) happen on the shard's thread, so they are in order with the writes.
final class ShardFolder: Sendable {
    /// Bytes of entries that may wait to be written; above it writes are refused.
    static let waitingByteCountMax = 64 * 1024 * 1024
    /// Bytes of entries written in one storage transaction, so that a burst does not become one endless transaction.
    static let batchByteCountMax = 16 * 1024 * 1024
    /// Time without a write after which the file is closed, which also moves its write-ahead log into it.
    static let idleTimeMax = Duration.seconds(30)

    private struct Waiting {
        let write: LogWrite
        let byteCount: Int
        let continuation: CheckedContinuation<ClosedRange<Int64>, any Error>
    }

    private struct State {
        /// In order; nil until the folder was read.
        var files: [DayFile]?
        var lastSequence: Int64 = 0
        var waiting: [Waiting] = []
        var waitingByteCount = 0
        var isDraining = false
    }

    /// What only the shard's thread touches.
    private final class Writing {
        var writer: DayFileWriter?
        var lastUse = ContinuousClock.now
    }

    let path: String
    private let thread: StorageThread
    private let readers: ReaderConnections
    private let problems: StoreProblems
    private let state = Mutex(State())
    // Safe: read and written only by work on `thread`, which runs one piece after the other.
    nonisolated(unsafe) private let writing = Writing()

    init(path: String, thread: StorageThread, readers: ReaderConnections, problems: StoreProblems) {
        self.path = path
        self.thread = thread
        self.readers = readers
        self.problems = problems
    }

    /// The shard's files, oldest first, with figures that cover every finished write.
    func files() async throws -> [DayFile] {
        if let files = state.withLock({ $0.files }) { return files }
        return try await thread.run { try self.loadedFiles() }
    }

    // MARK: Writing

    func append(_ write: LogWrite) async throws -> ClosedRange<Int64> {
        let byteCount = write.entries.reduce(0) { $0 + $1.encoded.bytes.count + 64 }
        return try await withCheckedThrowingContinuation { continuation in
            let waiting = Waiting(write: write, byteCount: byteCount, continuation: continuation)
            let (isTaken, mustStart) = state.withLock { state -> (Bool, Bool) in
                guard state.waiting.isEmpty || state.waitingByteCount + byteCount <= Self.waitingByteCountMax else {
                    return (false, false)
                }
                state.waiting.append(waiting)
                state.waitingByteCount += byteCount
                defer { state.isDraining = true }
                return (true, !state.isDraining)
            }
            if !isTaken {
                continuation.resume(
                    throwing: LogStoreError(
                        code: .overloaded,
                        message:
                            "More than \(Self.waitingByteCountMax / 1_048_576) MiB wait to be written to this shard. "
                            + "Repeat the write later, or add shards."))
            } else if mustStart {
                thread.start { self.drain() }
            }
        }
    }

    /// Makes every write so far durable, and closes a file that has not been written to for a while.
    func sync() async throws {
        try await thread.run {
            guard let writer = self.writing.writer else { return }
            try self.mapped(writer.file) { try writer.sync() }
            if self.writing.lastUse.duration(to: .now) > Self.idleTimeMax { self.writing.writer = nil }
        }
    }

    private func drain() {
        while true {
            let batch = state.withLock { state -> [Waiting] in
                var byteCount = 0
                let count = state.waiting.prefix { waiting in
                    defer { byteCount += waiting.byteCount }
                    return byteCount < Self.batchByteCountMax
                }.count
                let batch = Array(state.waiting.prefix(count))
                state.waiting.removeFirst(count)
                state.waitingByteCount -= batch.reduce(0) { $0 + $1.byteCount }
                state.isDraining = !batch.isEmpty
                return batch
            }
            if batch.isEmpty { return }
            let result = Result { try self.write(batch.map(\.write)) }
            for (index, waiting) in batch.enumerated() {
                waiting.continuation.resume(with: result.map { $0[index] })
            }
        }
    }

    private func write(_ writes: [LogWrite]) throws -> [ClosedRange<Int64>] {
        do {
            return try writeOnce(writes)
        } catch let error as LogStoreError where error.code == .storageFailed && writing.writer == nil {
            // The damaged file was set aside; a new one takes its place.
            return try writeOnce(writes)
        }
    }

    private func writeOnce(_ writes: [LogWrite]) throws -> [ClosedRange<Int64>] {
        _ = try loadedFiles()
        let now = writes.map(\.received).max() ?? LogTime(nanoseconds: 0)
        var next = max(state.withLock { $0.lastSequence } + 1, now.nanoseconds / 1_000)
        let writer = try writer(forSequence: next)
        var sequences: [Int64] = []
        var ranges: [ClosedRange<Int64>] = []
        for write in writes {
            sequences.append(next)
            let end = next + Int64(max(write.entries.count, 1))
            ranges.append(next...(end - 1))
            next = end
        }
        try mapped(writer.file) { try writer.append(writes, sequences: sequences) }
        writing.lastUse = .now
        state.withLock { state in
            state.lastSequence = next - 1
            if let index = state.files?.firstIndex(where: { $0.name == writer.file.name }) {
                state.files?[index] = writer.file
            }
        }
        return ranges
    }

    /// The writer of the day a sequence falls on.
    private func writer(forSequence sequence: Int64) throws -> DayFileWriter {
        let day = Int(sequence / 86_400_000_000)
        if let writer = writing.writer, writer.file.name.day == day { return writer }
        writing.writer = nil
        var file = try loadedFiles().last { $0.name.day == day }
        if file == nil {
            let name = DayFileName(day: day, firstSequence: sequence)
            let created = DayFile(name: name, path: "\(path)/\(name.text)")
            try FileOperations.createFolder(path)
            file = created
        }
        guard let file else { preconditionFailure("a file was found or made") }
        let writer = try mapped(file) { try DayFileWriter(file) }
        writing.writer = writer
        state.withLock { state in
            if state.files?.contains(where: { $0.name == file.name }) != true { state.files?.append(writer.file) }
        }
        return writer
    }

    // MARK: Files

    private func loadedFiles() throws -> [DayFile] {
        if let files = state.withLock({ $0.files }) { return files }
        var files: [DayFile] = []
        var lastSequence: Int64 = 0
        for text in FileOperations.names(in: path) {
            // A damaged file's name and age still say which sequences are taken.
            let parts = text.components(separatedBy: ".damaged")
            guard let name = DayFileName(parts[0]) else { continue }
            guard parts.count == 1 else {
                lastSequence = max(lastSequence, Self.lastSequenceGuess(name, path: "\(path)/\(text)"))
                if FileOperations.isDatabase(text) {
                    problems.add(
                        "The log file \"\(path)/\(text)\" was set aside earlier, since it is damaged: its entries are not "
                            + "found. SQLite's \".recover\" may save some of them; delete it when you need it no more.")
                }
                continue
            }
            var file = DayFile(name: name, path: "\(path)/\(text)")
            do {
                file.summary = try readers.withConnection(to: file.path) { try DayFileSchema.summary($0) }
                lastSequence = max(lastSequence, file.summary.lastSequence)
                files.append(file)
            } catch let error as SQLiteError where error.isDamage {
                lastSequence = max(lastSequence, Self.lastSequenceGuess(name, path: file.path))
                setAside(file, error)
            }
        }
        files.sort { $0.name < $1.name }
        state.withLock { state in
            state.files = files
            state.lastSequence = max(state.lastSequence, lastSequence)
        }
        return files
    }

    /// A sequence that no entry of an unreadable file lies behind: sequences are times of arrival, so the file's last change
    /// is one, as long as it falls on the file's day.
    private static func lastSequenceGuess(_ name: DayFileName, path: String) -> Int64 {
        let dayEnd = Int64(name.day + 1) * 86_400_000_000 - 1_000_000
        return max(name.firstSequence, min(FileOperations.changeTime(ofDatabase: path), dayEnd))
    }

    /// Deletes the files of days before `day`.
    func expire(before day: Int) async throws -> Int {
        try await thread.run {
            let expired = try self.loadedFiles().filter { $0.name.day < day }
            for file in expired {
                if self.writing.writer?.file.name == file.name { self.writing.writer = nil }
                self.state.withLock { $0.files?.removeAll { $0.name == file.name } }
                self.readers.close(under: file.path)
                try FileOperations.deleteDatabase(file.path)
            }
            return expired.count
        }
    }

    /// A query found the file damaged: no more of it.
    func reportDamage(_ file: DayFile, _ error: SQLiteError) async {
        // The work does not throw.
        try? await thread.run {
            guard self.state.withLock({ $0.files?.contains { $0.name == file.name } }) == true else { return }
            self.setAside(file, error)
        }
    }

    /// Closes everything, before the folder is deleted.
    func close() async {
        // The work does not throw.
        try? await thread.run {
            self.writing.writer = nil
            self.readers.close(under: self.path)
            self.state.withLock { $0.files = nil }
        }
    }

    private func setAside(_ file: DayFile, _ error: SQLiteError) {
        if writing.writer?.file.name == file.name { writing.writer = nil }
        readers.close(under: file.path)
        state.withLock { $0.files?.removeAll { $0.name == file.name } }
        do {
            let target = try FileOperations.setAside(file.path)
            problems.add(
                "The log file \"\(file.path)\" is damaged and was set aside as \"\(target)\". \(error) Its entries are no longer "
                    + "found; SQLite's \".recover\" may save some of them.")
        } catch let renaming {
            problems.add(
                "The log file \"\(file.path)\" is damaged and could not be renamed (\(renaming)). \(error) Move it away by hand."
            )
        }
    }

    /// Runs work on a file of this shard, on the shard's thread, and turns SQLite's errors into the store's.
    private func mapped<T>(_ file: DayFile, _ work: () throws -> T) throws -> T {
        do {
            return try work()
        } catch let error as SQLiteError {
            if error.isDamage {
                setAside(file, error)
            } else {
                // A writer that failed is opened anew: its state after an I/O error is not known.
                writing.writer = nil
                if !error.isDiskFull { problems.add("Writing logs failed. \(error)") }
            }
            throw LogStoreError(error)
        }
    }
}

extension LogStoreError {
    init(_ error: SQLiteError) {
        if error.isDiskFull {
            self.init(code: .diskFull, message: "The disk is full: no log is stored until there is room. \(error)")
        } else {
            self.init(code: .storageFailed, message: "The log store failed. \(error)")
        }
    }
}
