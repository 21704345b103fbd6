/// How a ledger's files are laid out and used. Read once, when a ledger is opened.
package struct LedgerOptions: Sendable {
    /// Bytes after which a block file is closed and the next begun.
    package var segmentByteCount = BlockFiles.segmentByteCountDefault
    /// How many snapshots may be open at once. Bounds concurrent simulations.
    package var snapshotCountMax = 16
    /// How long a snapshot may be kept while the write-ahead log waits for it. Longer ones are taken back: their reads throw.
    package var snapshotAgeMax: Duration = .seconds(60)
    /// Bytes of the write-ahead log from which it is moved into the database.
    package var checkpointByteCount = 8 << 20
    /// Bytes of the write-ahead log from which old snapshots are taken back.
    package var logByteCountMax = 256 << 20
    /// Bytes of the writer's page cache.
    package var writerCacheByteCount = 64 << 20
    /// Bytes of each reader's page cache.
    package var readerCacheByteCount = 8 << 20
    /// Bytes of a database page; counts for new databases.
    package var pageByteCount = 4096

    /// Where the block files are. Tests put a folder with faults here.
    package var blockFolder: @Sendable (String) throws -> any StorageFolder = { try DiskFolder(path: $0) }
    /// Told of each moment of a commit, on the committing thread. Tests end the process here.
    package var reached: @Sendable (SQLiteLedger.CommitPoint) -> Void = { _ in }

    package init() {}
}
