package import FabricTypes
internal import LedgerCore

/// What a ledger's folder holds, read without changing anything in it.
package struct LedgerSummary: Sendable {
    package let channel: Bytes?
    /// The snapshot that the ledger was started from; nil where it holds all blocks.
    package let origin: LedgerOrigin?
    /// The last block that the database has applied, plus one.
    package let height: BlockNumber
    package let lastBlockHash: Digest?
    package let commitHash: Digest?
    package let blockFileCount: Int
    package let blockByteCount: UInt64
    package let databaseByteCount: UInt64
    package let privateByteCount: UInt64
    /// Of the blocks that the ledger holds.
    package let transactionCount: UInt64
    /// Public keys by namespace, ascending.
    package let keyCounts: [(namespace: Bytes, count: UInt64)]

    /// - Throws: ``StorageError`` where the folder is no ledger's or cannot be read.
    package init(folder path: String) throws {
        let folder = try LedgerFolder(path)
        try folder.requireDatabase()
        let reader = try ReadConnection(path: folder.database, options: LedgerOptions())
        height = try reader.begin()
        origin = try LedgerOrigin(reader)
        lastBlockHash = try reader.hash(ofLast: height, origin)
        commitHash = try reader.bytes(LedgerDatabase.commitHashName).flatMap { Digest($0) }
        transactionCount = try reader.count("SELECT COUNT(*) FROM tx")
        keyCounts = try reader.spaces().compactMap { space -> (Bytes, UInt64)? in
            guard case .open(let namespace) = space, let number = try reader.number(of: space) else { return nil }
            return (namespace, try reader.count("SELECT COUNT(*) FROM state WHERE space=\(number)"))
        }.sorted { $0.0 < $1.0 }
        let blocks = try DiskFolder(path: folder.blocks)
        let names = try blocks.fileNames().filter { $0.hasSuffix(BlockFiles.fileNameSuffix) }
        blockFileCount = names.count
        blockByteCount = names.reduce(0) { $0 + UInt64(FileSize.of("\(folder.blocks)/\($1)")) }
        databaseByteCount = ["", "-wal"].reduce(0) { $0 + UInt64(FileSize.of(folder.database + $1)) }
        privateByteCount = ["", "-wal"].reduce(0) { $0 + UInt64(FileSize.of(folder.privateData + $1)) }
        channel = try KeptSnapshot.open(in: path)?.manifest.channel ?? Self.channel(of: folder, height: height, reader)
        try reader.end()
    }

    private static func channel(
        of folder: LedgerFolder, height: BlockNumber, _ reader: ReadConnection
    ) throws -> Bytes? {
        guard height > 0, let location = try reader.location(ofBlock: 0) else { return nil }
        let segment = try DiskFolder(path: folder.blocks)
            .open(BlockFiles.fileName(segment: Int(location.segment)), creating: false)
        let end = location.offset + UInt64(BlockRecord.headerByteCount) + UInt64(location.byteCount)
        guard case .record(let record) = try BlockRecord.read(from: segment, at: location.offset, fileByteCount: end),
            let entry = try? Block(decoding: record.block).data.entries.first
        else { return nil }
        return Envelope.channelHeader(of: entry)?.channelID
    }
}

/// The files of one channel's ledger.
struct LedgerFolder {
    let path: String

    var database: String { "\(path)/\(LedgerDatabase.fileName)" }
    var privateData: String { "\(path)/\(PrivateStore.fileName)" }
    var blocks: String { "\(path)/blocks" }

    /// - Throws: ``StorageError/Code/foreign`` where there is no ledger.
    init(_ path: String) throws(StorageError) {
        self.path = path
        guard try Self.exists(path) else {
            throw StorageError(
                .foreign,
                "There is no ledger in \"\(path)\": a ledger's folder holds \"blocks\" and \"\(LedgerDatabase.fileName)\". Give the folder of one channel."
            )
        }
    }

    var hasDatabase: Bool { FileSize.exists(database) }

    /// - Throws: ``StorageError/Code/foreign`` where the database is missing, as it may be until the next start.
    func requireDatabase() throws(StorageError) {
        guard hasDatabase else {
            throw StorageError(
                .foreign,
                "The ledger in \"\(path)\" has no database \"\(LedgerDatabase.fileName)\" now. Make it anew with \"duet ledger rebuild \(path)\", or start the node."
            )
        }
    }

    private static func exists(_ path: String) throws(StorageError) -> Bool {
        // Opening a folder that is missing would create it.
        if FileSize.exists(KeptSnapshot.path(in: path)) { return true }
        guard FileSize.exists("\(path)/blocks") else { return false }
        return try DiskFolder(path: "\(path)/blocks").fileNames().contains { $0.hasSuffix(BlockFiles.fileNameSuffix) }
    }
}

extension ReadConnection {
    fileprivate func count(_ sql: String) throws(StorageError) -> UInt64 {
        let statement = try connection.statement(sql)
        defer { statement.reset() }
        return try statement.step() ? UInt64(max(0, statement.integer(0))) : 0
    }
}
