internal import FabricTypes
internal import LedgerCore

/// Writes the files of a snapshot from one state of a database and the blocks it was made from.
struct SnapshotWriter {
    private static let chunkCountMax = 1000

    /// In a read transaction.
    let reader: ReadConnection
    let files: BlockFiles
    /// What the ledger itself began from.
    let kept: SnapshotFolder?
    let height: BlockNumber
    let folder: DiskFolder

    /// - Returns: the manifest, written last: a folder without it is no snapshot.
    func run() throws -> SnapshotManifest {
        var hashes: [String: Digest] = [:]
        let spaces = try reader.spaces()
        try writeState(
            SnapshotFileName.publicState, spaces.filter { if case .open = $0 { true } else { false } }, &hashes)
        try writeState(
            SnapshotFileName.hashedState, spaces.filter { if case .hashed = $0 { true } else { false } }, &hashes)
        try writeTransactionIDs(&hashes)
        try writeConfigHistory(&hashes)
        let manifest = try manifest(hashes)
        for (name, bytes) in [
            (SnapshotManifest.additionalName, manifest.additionalBytes),
            (SnapshotManifest.signableName, manifest.signableBytes),
        ] {
            let file = try folder.open(name, creating: true)
            try file.write(bytes, at: 0)
            try file.sync()
        }
        return manifest
    }

    // MARK: - State

    private func writeState(_ name: String, _ spaces: [Space], _ hashes: inout [String: Digest]) throws {
        guard !spaces.isEmpty else { return }
        var data = try SnapshotFileWriter(creating: SnapshotFileName.data(name), in: folder)
        var counts = try SnapshotFileWriter(creating: SnapshotFileName.metadata(name), in: folder)
        counts.append(UInt64(spaces.count))
        for space in spaces.sorted(by: { $0.snapshotName < $1.snapshotName }) {
            var count: UInt64 = 0
            var range = KeyRange.all
            while true {
                let rows = try reader.rows(in: range, of: space, countMax: Self.chunkCountMax)
                for row in rows { try data.append(SnapshotRecord(row).encoded()) }
                count += UInt64(rows.count)
                guard let last = rows.last, rows.count == Self.chunkCountMax else { break }
                range = range.after(last.key)
            }
            try counts.append(space.snapshotName)
            counts.append(count)
        }
        hashes[SnapshotFileName.data(name)] = try data.finish()
        hashes[SnapshotFileName.metadata(name)] = try counts.finish()
    }

    // MARK: - Transaction ids

    private func writeTransactionIDs(_ hashes: inout [String: Digest]) throws {
        let sorter = try TransactionIDSorter(in: folder)
        if let kept { try kept.forEachTransactionID(sorter.insert) }
        for number in (kept?.manifest.height ?? 0)..<height {
            for entry in try block(number).data.entries {
                let id = Envelope.transactionID(of: entry)
                if !id.isEmpty { try sorter.insert(id) }
            }
        }
        try write(SnapshotFileName.transactionIDs, &hashes) { append in
            try sorter.forEach { try append([$0]) }
        }
        try sorter.remove()
    }

    private func block(_ number: BlockNumber) throws -> Block {
        guard let location = try reader.location(ofBlock: number) else {
            throw StorageError(
                .damaged,
                "The database \"\(reader.connection.path)\" does not know block \(number). Stop the node and run \"duet ledger rebuild\"."
            )
        }
        return try Block(decoding: files.read(location, number: number))
    }

    // MARK: - Collections

    private func writeConfigHistory(_ hashes: inout [String: Digest]) throws {
        let entries = try reader.configHistory().map { (key: $0.snapshotKey, value: $0.collections) }
        try write(SnapshotFileName.configHistory, &hashes) { append in
            for entry in entries.sorted(by: { $0.key < $1.key }) { try append([entry.key, entry.value]) }
        }
    }

    /// Writes a pair of files of which the second only counts the records of the first; none where there are no records.
    private func write(
        _ name: String, _ hashes: inout [String: Digest], _ body: (_ append: ([Bytes]) throws -> Void) throws -> Void
    ) throws {
        var data: SnapshotFileWriter?
        var count: UInt64 = 0
        try body { parts in
            if data == nil { data = try SnapshotFileWriter(creating: SnapshotFileName.data(name), in: folder) }
            for part in parts { try data?.append(part) }
            count += 1
        }
        guard var data else { return }
        hashes[SnapshotFileName.data(name)] = try data.finish()
        var counts = try SnapshotFileWriter(creating: SnapshotFileName.metadata(name), in: folder)
        counts.append(count)
        hashes[SnapshotFileName.metadata(name)] = try counts.finish()
    }

    // MARK: - Manifest

    private func manifest(_ hashes: [String: Digest]) throws -> SnapshotManifest {
        let lastCommitHash = try reader.bytes(LedgerDatabase.commitHashName).flatMap { Digest($0) }
        if let kept, kept.manifest.height == height {
            return SnapshotManifest(
                channel: kept.manifest.channel, lastBlockNumber: height - 1,
                lastBlockHash: kept.manifest.lastBlockHash, previousBlockHash: kept.manifest.previousBlockHash,
                lastCommitHash: lastCommitHash, files: hashes)
        }
        let last = try block(height - 1)
        guard let channel = try kept?.manifest.channel ?? Self.channel(of: block(0)) else {
            throw StorageError(
                .damaged, "The genesis block in \"\(files.folder.path)\" does not name its channel.")
        }
        return SnapshotManifest(
            channel: channel, lastBlockNumber: height - 1, lastBlockHash: last.header.hash,
            previousBlockHash: last.header.previousHash, lastCommitHash: lastCommitHash, files: hashes)
    }

    private static func channel(of genesis: Block) -> Bytes? {
        guard let name = genesis.data.entries.first.flatMap({ Envelope.channelHeader(of: $0)?.channelID.utf8Text })
        else { return nil }
        // Only a name by the rules can stand in a manifest as it is.
        return (try? ChannelID(validating: name)).map { Bytes($0.rawValue) }
    }
}

/// Orders any number of transaction ids and leaves out those that come again, in a database beside the snapshot.
private struct TransactionIDSorter {
    private static let name = "txids.db"
    private let folder: DiskFolder
    private let connection: SQLiteConnection

    init(in folder: DiskFolder) throws {
        self.folder = folder
        connection = try SQLiteConnection(path: "\(folder.path)/\(Self.name)", access: .readWrite)
        try connection.execute("PRAGMA journal_mode=OFF")
        try connection.execute("PRAGMA synchronous=OFF")
        // Fabric's index puts the length first, and so do its snapshots.
        try connection.execute(
            "CREATE TABLE id(length INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY(length, id)) WITHOUT ROWID")
        try connection.execute("BEGIN")
    }

    func insert(_ id: Bytes) throws {
        try connection.statement("INSERT OR IGNORE INTO id(length, id) VALUES(?,?)")
            .bind(.integer(Int64(id.count)), .bytes(id)).run()
    }

    func forEach(_ body: (Bytes) throws -> Void) throws {
        let statement = try connection.statement("SELECT id FROM id ORDER BY length, id")
        defer { statement.reset() }
        while try statement.step() { try body(statement.bytes(0)) }
    }

    func remove() throws {
        try connection.execute("COMMIT")
        for name in try folder.fileNames() where name.hasPrefix(Self.name) { try folder.remove(name) }
    }
}

extension ReadConnection {
    /// The collections that definitions have declared, in no order.
    func configHistory() throws(StorageError) -> [ConfigHistoryEntry] {
        let statement = try connection.statement("SELECT chaincode, block, collections FROM config_history")
        defer { statement.reset() }
        var entries: [ConfigHistoryEntry] = []
        while try statement.step() {
            entries.append(
                ConfigHistoryEntry(
                    chaincode: statement.bytes(0), block: UInt64(bitPattern: statement.integer(1)),
                    collections: statement.bytes(2)))
        }
        return entries
    }
}
