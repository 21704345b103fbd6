package import FabricTypes
package import LedgerCore

/// How far opening or rebuilding a ledger has come.
package struct LedgerRecoveryProgress: Sendable {
    /// The block whose effects were just stored.
    package let blockNumber: BlockNumber
    /// Position of its end in its segment, in bytes.
    package let location: BlockLocation
}

extension SQLiteLedger {
    /// Computes what a block that is on disk already did when it was first committed.
    ///
    /// Given the encoded block with its codes, the state before it, the commit hash before it and the private write sets
    /// that are held of it.
    package typealias Replay =
        @Sendable (Block, Bytes, any LedgerSnapshot, Digest?, [PrivateWriteSet]) throws -> BlockCommit

    /// Opens the ledger in a folder, creating it there first if the folder is empty, and makes good what a crash left.
    ///
    /// Blocks that the files hold beyond the database's height are applied by `replay`; a torn last block is cut off. Where
    /// the folder keeps a snapshot, the ledger begins from it: a missing database is made of it and the blocks behind it.
    ///
    /// - Parameter progress: told of each block applied; what it throws ends the opening, which goes on from there next time.
    /// - Throws: ``StorageError``. The ledger must not be used over damage, lost blocks or another ledger's database.
    package static func open(
        folder path: String, options: LedgerOptions = LedgerOptions(), replay: Replay = byDefinitions,
        progress: (LedgerRecoveryProgress) throws -> Void = { _ in }
    ) throws -> SQLiteLedger {
        let folder = try options.blockFolder("\(path)/blocks")
        _ = try DiskFolder(path: path)
        let lock = try FolderLock(folder: path)
        let database = "\(path)/\(LedgerDatabase.fileName)"
        let origin = try KeptSnapshot.prepareDatabase(LedgerDatabase.fileName, of: path, options: options)
        let writer = LedgerWriter(connection: try LedgerDatabase.openWriter(path: database, options: options))
        let privateStore = try PrivateStore(path: "\(path)/\(PrivateStore.fileName)")
        let pool = SnapshotPool(path: database, options: options)
        let reader = try ReadConnection(path: database, options: options)
        var height = try reader.integer(LedgerDatabase.heightName).map(UInt64.init(bitPattern:)) ?? 0
        guard try LedgerOrigin(reader) == origin else { throw Self.foreignSnapshot(path) }
        var lastHash = try reader.hash(ofLast: height, origin)
        let anchor = try reader.anchor(height: height, origin)
        let files = try BlockFiles.open(in: folder, segmentByteCount: options.segmentByteCount, after: anchor) {
            number, location, bytes in
            let block = try Self.decode(bytes, number: number, in: path)
            if number < height {
                guard block.header.hash == lastHash else { throw Self.foreign(path, number) }
                return
            }
            guard number == height, number == 0 || block.header.previousHash == lastHash?.bytes else {
                throw Self.foreign(path, number)
            }
            let snapshot = try pool.lease()
            let commit = try replay(
                block, bytes, snapshot, try reader.bytes(LedgerDatabase.commitHashName).flatMap { Digest($0) },
                try privateStore.sets(ofBlock: number))
            snapshot.close()
            try writer.write(commit, at: location)
            height = number + 1
            lastHash = block.header.hash
            try progress(LedgerRecoveryProgress(blockNumber: number, location: location))
        }
        try privateStore.settle(height: height)
        return try SQLiteLedger(
            path: path, lock: lock, files: files, writer: writer, privateStore: privateStore, pool: pool,
            origin: origin, options: options, height: height)
    }

    /// The replay of channels whose chaincodes define their collections: of every real ledger.
    package static let byDefinitions: Replay = { block, bytes, state, commitHash, privateSets in
        try BlockReplay.byDefinitions.commit(
            of: block, bytes: bytes, over: state, previousCommitHash: commitHash, privateSets: privateSets)
    }

    /// Makes sure that a database can be made anew from what the folder holds: every block file is whole, and holds no less
    /// than the present database. Reads all of them; changes nothing.
    ///
    /// - Throws: ``StorageError/Code/foreign`` where there is no ledger, which
    ///   ``open(folder:options:replay:progress:)`` would create; ``StorageError/Code/damaged`` and
    ///   ``StorageError/Code/blocksMissing`` as that would.
    package static func checkBlockFiles(folder path: String) throws {
        let folder = try LedgerFolder(path)
        let lock = try FolderLock(folder: path)
        defer { lock.release() }
        var height = try KeptSnapshot.open(in: path)?.manifest.height ?? 0
        _ = try BlockFiles.read(in: DiskFolder(path: folder.blocks), after: nil) { number, _, _ in height = number + 1 }
        // One that is missing, broken or of another layout claims nothing.
        let claimed = try? ReadConnection(path: folder.database, options: LedgerOptions()).height()
        guard let claimed, claimed > height else { return }
        throw StorageError.lostBlocks(in: folder, height: height, claimed)
    }

    /// Removes the derived database, so that the next opening makes it anew from the block files.
    ///
    /// - Throws: ``StorageError/Code/locked`` while a process has the ledger open.
    package static func removeDatabase(folder path: String) throws(StorageError) {
        let lock = try FolderLock(folder: path)
        let folder = try DiskFolder(path: path)
        for name in try folder.fileNames() where name.hasPrefix(LedgerDatabase.fileName) { try folder.remove(name) }
        try folder.syncNames()
        withExtendedLifetime(lock) {}
    }

    private static func decode(_ bytes: Bytes, number: BlockNumber, in path: String) throws -> Block {
        do {
            return try Block(decoding: bytes)
        } catch {
            throw StorageError(.damaged, "Block \(number) in \"\(path)\" is stored whole but is no block: \(error)")
        }
    }

    private static func foreign(_ path: String, _ number: BlockNumber) -> StorageError {
        StorageError(
            .foreign,
            "Block \(number) in \"\(path)\" does not follow the chain that the database there was made from: files of different ledgers are mixed. Restore the folder from a copy, or remove the database to have it made anew from the block files."
        )
    }

    private static func foreignSnapshot(_ path: String) -> StorageError {
        StorageError(
            .foreign,
            "The database in \"\(path)\" was not made from the snapshot that is kept there in \"\(KeptSnapshot.folderName)\": files of different ledgers are mixed. Restore the folder from a copy, or run \"duet ledger rebuild\" to have the database made anew."
        )
    }
}

extension ReadConnection {
    /// The hash of the last block before a height; nil where there is none.
    func hash(ofLast height: BlockNumber, _ origin: LedgerOrigin?) throws(StorageError) -> Digest? {
        if height == 0 { return nil }
        if let origin, origin.height == height { return origin.lastBlockHash }
        return try hash(ofBlock: height - 1)
    }

    /// Where to read the block files from; nil for their beginning.
    func anchor(height: BlockNumber, _ origin: LedgerOrigin?) throws(StorageError) -> BlockFiles.Anchor? {
        guard height > origin?.height ?? 0 else { return nil }
        guard let location = try location(ofBlock: height - 1) else {
            throw StorageError(
                .damaged,
                "The database \"\(connection.path)\" does not know its own last block \(height - 1). Stop the node and run \"duet ledger rebuild\"."
            )
        }
        return BlockFiles.Anchor(number: height - 1, location: location)
    }
}
