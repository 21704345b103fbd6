package import FabricTypes
package import LedgerCore
internal import Synchronization

/// One channel's ledger of one peer on disk: block files, the derived database, and private data.
///
/// One that was started from a snapshot holds the blocks from ``origin`` on. It gives neither the blocks before nor where their
/// transactions stand, knows their ids all the same, and has history from there on.
///
/// A commit is: private data (synced), the block appended (synced), then one transaction of the derived database. What a
/// crash leaves between these is made good by ``open(folder:options:replay:progress:)``. docs/design/ledger-storage.md says why.
///
/// Concurrency: one writer; readers on any thread. After any failure of a commit the ledger takes no more: open it again.
package final class SQLiteLedger: LedgerStore {
    package let path: String
    /// The snapshot that the ledger was started from; nil where it holds all blocks.
    package let origin: LedgerOrigin?
    let pool: SnapshotPool
    let files: BlockFiles
    let privateStore: PrivateStore
    private let checkpointer: Checkpointer
    private let lock: FolderLock
    /// Reads blocks and indexes, one caller at a time.
    private let index: Mutex<LeasedConnection>
    private let writing: Mutex<Writing>
    private let committedHeight: Atomic<UInt64>
    private let reached: @Sendable (CommitPoint) -> Void

    private struct Writing: @unchecked Sendable {
        // Used under the mutex only.
        let writer: LedgerWriter
        var failure: (any Error)?
        var isClosed = false
    }

    init(
        path: String, lock: FolderLock, files: BlockFiles, writer: LedgerWriter, privateStore: PrivateStore,
        pool: SnapshotPool, origin: LedgerOrigin?, options: LedgerOptions, height: BlockNumber
    ) throws {
        self.path = path
        self.origin = origin
        self.lock = lock
        self.files = files
        self.privateStore = privateStore
        self.pool = pool
        let database = "\(path)/\(LedgerDatabase.fileName)"
        index = Mutex(LeasedConnection(try ReadConnection(path: database, options: options)))
        checkpointer = Checkpointer(path: database, pool: pool, options: options)
        writing = Mutex(Writing(writer: writer))
        committedHeight = Atomic(height)
        reached = options.reached
        try checkpointer.start()
    }

    /// Takes no more commits and lets other processes open the folder. Snapshots still open can be read to their end.
    package func close() {
        let isFirst = writing.withLock { writing in
            defer { writing.isClosed = true }
            return !writing.isClosed
        }
        guard isFirst else { return }
        pool.close()
        checkpointer.stop()
        lock.release()
    }

    package var height: BlockNumber { committedHeight.load(ordering: .acquiring) }

    package func snapshot() throws -> any LedgerSnapshot {
        try pool.lease()
    }

    package func commitSnapshot() throws -> any LedgerSnapshot {
        try pool.lease(isForCommit: true)
    }

    /// The snapshot with what audits and queries need beyond the protocol.
    package func storedSnapshot() throws -> SQLiteSnapshot {
        try pool.lease()
    }

    /// Private data of transactions that are not yet in a block.
    package var transientStore: any TransientStore { privateStore }

    package func privateSets(ofBlock number: BlockNumber) throws -> [PrivateWriteSet] {
        try privateStore.sets(ofBlock: number)
    }

    /// The moments of a commit at which a crash leaves different things on disk.
    package enum CommitPoint: String, CaseIterable, Sendable {
        case privateDataStored, blockStored, insideTransaction, stateStored
    }

    package func commit(_ commit: BlockCommit) throws {
        try writing.withLock { writing in
            if let failure = writing.failure {
                throw LedgerStoreError(
                    .failed, "The ledger \"\(path)\" takes no more blocks after a failure: \(failure). Open it again.",
                    cause: failure)
            }
            guard !writing.isClosed, commit.number == height else {
                throw LedgerStoreError(
                    .unexpectedBlock,
                    writing.isClosed
                        ? "The ledger \"\(path)\" is closed."
                        : "Block \(commit.number) cannot be committed to \"\(path)\": block \(height) is next.")
            }
            guard commit.codes.count == commit.transactionIDs.count else {
                throw LedgerStoreError(
                    .unexpectedBlock,
                    "Block \(commit.number) cannot be committed: it comes with \(commit.codes.count) codes and \(commit.transactionIDs.count) transaction ids."
                )
            }
            do {
                try checkpointer.request()
                try privateStore.prepare(commit)
                reached(.privateDataStored)
                let locations = try files.append([(commit.number, commit.block)])
                reached(.blockStored)
                try writing.writer.write(commit, at: locations[0]) { reached(.insideTransaction) }
                reached(.stateStored)
                committedHeight.store(commit.number + 1, ordering: .releasing)
                try privateStore.settle(height: commit.number + 1)
            } catch {
                writing.failure = error
                throw LedgerStoreError(
                    .failed, "Block \(commit.number) could not be committed to \"\(path)\": \(error)", cause: error)
            }
        }
    }

    /// Declares which indexes the JSON values of a namespace have. New ones are filled before this returns.
    package func declareIndexes(_ indexes: [QueryIndex], of namespace: Bytes) throws {
        try writing.withLock { try $0.writer.declare(indexes, for: .open(namespace)) }
    }

    /// Declares which indexes the JSON values of a private collection have, where this peer holds them.
    package func declareIndexes(_ indexes: [QueryIndex], of collection: CollectionID) throws {
        try writing.withLock { try $0.writer.declare(indexes, for: .secret(collection)) }
    }

    private func read<Result: Sendable>(_ body: (ReadConnection) throws -> Result) throws -> Result {
        try index.withLock { try body($0.reader) }
    }

    package func block(_ number: BlockNumber) throws -> Bytes? {
        guard let location = try read({ try $0.location(ofBlock: number) }) else { return nil }
        return try files.read(location, number: number)
    }

    package func blockNumber(ofHeaderHash hash: Digest) throws -> BlockNumber? {
        try read { try $0.blockNumber(ofHeaderHash: hash) }
    }

    package func lastCommitHash() throws -> Digest? {
        try read { try $0.bytes(LedgerDatabase.commitHashName) }.flatMap { Digest($0) }
    }

    package func isKnown(transaction id: Bytes) throws -> Bool {
        guard !id.isEmpty else { return false }
        if origin != nil, try read({ try $0.isKnownFromSnapshot(id) }) { return true }
        return try position(ofTransaction: id) != nil
    }

    package func position(ofTransaction id: Bytes) throws -> TransactionPosition? {
        guard !id.isEmpty else { return nil }
        for candidate in try read({ try $0.positions(of: TransactionIDPrefix(id)) }) {
            guard let bytes = try block(candidate.blockNumber),
                let block = try? Block(decoding: bytes),
                block.data.entries.indices.contains(candidate.transactionIndex),
                Envelope.transactionID(of: block.data.entries[candidate.transactionIndex]) == id
            else { continue }
            return candidate
        }
        return nil
    }
}

extension ReadConnection {
    func location(ofBlock number: BlockNumber) throws(StorageError) -> BlockLocation? {
        // Beyond what the database can hold there is nothing.
        guard number <= UInt64(Int64.max) else { return nil }
        let statement = try connection.statement("SELECT segment, offset, size FROM block WHERE number=?")
            .bind(.number(number))
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return BlockLocation(
            segment: UInt32(truncatingIfNeeded: statement.integer(0)), offset: UInt64(bitPattern: statement.integer(1)),
            byteCount: UInt32(truncatingIfNeeded: statement.integer(2)))
    }

    func hash(ofBlock number: BlockNumber) throws(StorageError) -> Digest? {
        let statement = try connection.statement("SELECT hash FROM block WHERE number=?").bind(.number(number))
        defer { statement.reset() }
        return try statement.step() ? Digest(statement.bytes(0)) : nil
    }

    fileprivate func blockNumber(ofHeaderHash hash: Digest) throws(StorageError) -> BlockNumber? {
        let statement = try connection.statement(
            "SELECT block.number FROM block_hash JOIN block USING(number) WHERE block_hash.hash=? AND block.hash=?"
        ).bind(.integer(hash.prefix), .bytes(hash.bytes))
        defer { statement.reset() }
        return try statement.step() ? UInt64(bitPattern: statement.integer(0)) : nil
    }

    /// Where envelopes stand whose ids begin alike, oldest first.
    func positions(of prefix: TransactionIDPrefix) throws(StorageError) -> [TransactionPosition] {
        let statement = try connection.statement("SELECT block, tx, code FROM tx WHERE id=? ORDER BY block, tx")
            .bind(.integer(prefix.rawValue))
        defer { statement.reset() }
        var positions: [TransactionPosition] = []
        while try statement.step() {
            positions.append(
                TransactionPosition(
                    blockNumber: UInt64(bitPattern: statement.integer(0)), transactionIndex: Int(statement.integer(1)),
                    code: ValidationCode(rawValue: UInt8(truncatingIfNeeded: statement.integer(2)))))
        }
        return positions
    }
}

extension Envelope {
    /// The headers of an encoded envelope; nil where they cannot be read. Validation has said so in its code.
    private static func header(of bytes: Bytes) -> Header? {
        guard let envelope = try? Envelope(decoding: bytes) else { return nil }
        return try? Payload(decoding: envelope.payload).header
    }

    /// The channel header of an encoded envelope; nil where it cannot be read.
    static func channelHeader(of bytes: Bytes) -> ChannelHeader? {
        header(of: bytes).flatMap { try? ChannelHeader(decoding: $0.channelHeader) }
    }

    /// The id that an encoded envelope uses up; empty where it cannot be read.
    static func transactionID(of bytes: Bytes) -> Bytes {
        guard let header = header(of: bytes), let channelHeader = try? ChannelHeader(decoding: header.channelHeader)
        else { return Bytes() }
        return channelHeader.usedTransactionID(signatureHeader: header.signatureHeader)
    }
}
