package import FabricTypes
internal import LedgerCore

/// Writes a snapshot of a ledger's state, from which another peer can start.
///
/// The ledger may be in use: one state of its database is read, and blocks that are there already. The state at a height
/// below the last is made anew, from the genesis block or the kept snapshot on, so it takes as long as a rebuild.
package enum LedgerExport {
    /// - Parameters:
    ///   - path: the ledger's folder.
    ///   - target: a folder that is missing or empty. It holds a snapshot once this returns; after an error it is empty.
    ///   - height: the number of blocks to stand for; nil for all that the ledger has applied.
    ///   - progress: told of each block applied on the way to an earlier height; what it throws ends the export.
    /// - Throws: ``StorageError``: ``StorageError/Code/misuse`` for a height that the ledger cannot give.
    package static func run(
        _ path: String, to target: String, at height: BlockNumber? = nil, options: LedgerOptions = LedgerOptions(),
        progress: (BlockNumber) throws -> Void = { _ in }
    ) throws -> SnapshotManifest {
        let ledger = try LedgerFolder(path)
        try ledger.requireDatabase()
        let folder = try DiskFolder(path: target)
        guard try folder.fileNames().isEmpty else {
            throw StorageError(
                .misuse, "A snapshot cannot be written to \"\(target)\": the folder is not empty. Name a new folder.")
        }
        do {
            let manifest = try export(ledger, to: folder, at: height, options, progress)
            try folder.syncNames()
            return manifest
        } catch {
            // Half a snapshot helps nobody; what cannot be removed either lacks its manifest or says by its hashes what it is.
            for name in (try? folder.fileNames()) ?? [] { try? folder.remove(name) }
            throw error
        }
    }

    private static func export(
        _ ledger: LedgerFolder, to folder: DiskFolder, at asked: BlockNumber?, _ options: LedgerOptions,
        _ progress: (BlockNumber) throws -> Void
    ) throws -> SnapshotManifest {
        let kept = try KeptSnapshot.open(in: ledger.path)
        let current = try ReadConnection(path: ledger.database, options: options)
        let currentHeight = try current.begin()
        let height = asked ?? currentHeight
        try check(height, of: ledger, from: kept?.manifest.height, to: currentHeight)
        let files = try BlockFiles.reader(in: DiskFolder(path: ledger.blocks))
        func write(from reader: ReadConnection) throws -> SnapshotManifest {
            try SnapshotWriter(reader: reader, files: files, kept: kept, height: height, folder: folder).run()
        }
        if height == currentHeight { return try write(from: current) }
        let past = try PastState(ledger, at: height, in: folder, options, progress)
        let manifest = try write(from: past.reader)
        try past.remove(from: folder)
        return manifest
    }

    private static func check(
        _ height: BlockNumber, of ledger: LedgerFolder, from first: BlockNumber?, to last: BlockNumber
    ) throws(StorageError) {
        let first = max(1, first ?? 1)
        guard last >= first else {
            throw StorageError(
                .misuse, "There is no snapshot of the ledger in \"\(ledger.path)\": it holds no block yet.")
        }
        guard (first...last).contains(height) else {
            throw StorageError(
                .misuse,
                "The ledger in \"\(ledger.path)\" cannot give its state at height \(height): it knows the states at heights \(first) to \(last). Name one of these."
            )
        }
    }
}

/// The state of a ledger at a height that it has passed, in a database of its own.
private struct PastState {
    private static let name = "replay.db"
    let reader: ReadConnection

    init(
        _ ledger: LedgerFolder, at height: BlockNumber, in folder: DiskFolder, _ options: LedgerOptions,
        _ progress: (BlockNumber) throws -> Void
    ) throws {
        struct Reached: Error {}
        let path = "\(folder.path)/\(Self.name)"
        var reached: BlockNumber = 0
        if let kept = try KeptSnapshot.open(in: ledger.path) {
            try SnapshotImport.makeDatabase(Self.name, in: folder, from: kept, options: options)
            reached = kept.manifest.height
        }
        let writer = LedgerWriter(connection: try LedgerDatabase.openWriter(path: path, options: options))
        let pool = SnapshotPool(path: path, options: options)
        reader = try ReadConnection(path: path, options: options)
        do {
            _ = try BlockFiles.read(in: DiskFolder(path: ledger.blocks), after: nil) { number, location, bytes in
                guard number < height else { throw Reached() }
                let state = try pool.lease()
                defer { state.close() }
                // What this peer holds of private data is in no snapshot and in no commit hash.
                let commit = try SQLiteLedger.byDefinitions(
                    Block(decoding: bytes), bytes, state,
                    try reader.bytes(LedgerDatabase.commitHashName).flatMap { Digest($0) }, [])
                state.close()
                try writer.write(commit, at: location)
                reached = number + 1
                try progress(number)
            }
        } catch is Reached {
            // The blocks behind it are of no interest.
        }
        guard reached == height, try reader.begin() == height else {
            throw StorageError(
                .blocksMissing,
                "The block files in \"\(ledger.blocks)\" end at height \(reached), before \(height). Restore them from a copy."
            )
        }
    }

    func remove(from folder: DiskFolder) throws {
        try reader.end()
        for name in try folder.fileNames() where name.hasPrefix(Self.name) { try folder.remove(name) }
    }
}
