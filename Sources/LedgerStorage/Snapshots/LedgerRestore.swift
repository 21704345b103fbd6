package import FabricTypes

/// Starts a ledger from a snapshot: checks it, keeps a copy of it, and makes the database.
package enum LedgerRestore {
    /// - Parameters:
    ///   - snapshot: the snapshot's folder, made here or by a Fabric peer.
    ///   - path: the new ledger's folder. It must be missing or empty, but for what an interrupted attempt has left.
    ///   - expectedHash: where given, the snapshot must have this hash, as known from another organisation.
    /// - Returns: where the ledger begins. It is closed.
    /// - Throws: ``StorageError``; the same call may be tried again.
    package static func run(
        _ snapshot: String, to path: String, expecting expectedHash: Digest? = nil,
        options: LedgerOptions = LedgerOptions()
    ) throws -> LedgerOrigin {
        let source = try SnapshotFolder(snapshot)
        let origin = LedgerOrigin(source.manifest)
        if let expectedHash, expectedHash != origin.snapshotHash {
            throw StorageError(
                .foreign,
                "The snapshot in \"\(snapshot)\" has the hash \(origin.snapshotHash), not \(expectedHash): it is another one than you expect. Compare block number and maker, and fetch the right one."
            )
        }
        let ledger = try DiskFolder(path: path)
        let lock = try FolderLock(folder: path)
        defer { lock.release() }
        if try !isKept(origin, in: path) {
            try requireVacant(ledger)
            try source.checkFiles()
            try keep(source, in: ledger)
        }
        _ = try KeptSnapshot.prepareDatabase(LedgerDatabase.fileName, of: path, options: options)
        _ = try DiskFolder(path: "\(path)/blocks")
        try ledger.syncNames()
        return origin
    }

    /// Whether an interrupted attempt has come so far that only the database is missing.
    private static func isKept(_ origin: LedgerOrigin, in path: String) throws(StorageError) -> Bool {
        guard !FileSize.exists("\(path)/\(LedgerDatabase.fileName)"), let kept = try KeptSnapshot.open(in: path) else {
            return false
        }
        return LedgerOrigin(kept.manifest) == origin
    }

    private static func requireVacant(_ ledger: DiskFolder) throws(StorageError) {
        let ours = ["LOCK", KeptSnapshot.incompleteName]
        guard try ledger.fileNames().allSatisfy(ours.contains) else {
            throw StorageError(
                .misuse,
                "A ledger cannot be restored to \"\(ledger.path)\": the folder is not empty. Name a new folder, or remove what is in this one."
            )
        }
    }

    /// Copies the snapshot under another name first, so that the folder holds all of it or none.
    private static func keep(_ source: SnapshotFolder, in ledger: DiskFolder) throws(StorageError) {
        let origin = try DiskFolder(path: source.path)
        let copy = try DiskFolder(path: "\(ledger.path)/\(KeptSnapshot.incompleteName)")
        for name in try copy.fileNames() { try copy.remove(name) }
        for name in source.fileNames {
            try copyFile(from: origin.open(name, creating: false), to: copy.open(name, creating: true))
        }
        try copy.syncNames()
        try ledger.rename(KeptSnapshot.incompleteName, to: KeptSnapshot.folderName)
        try ledger.syncNames()
    }

    private static func copyFile(from source: any StorageFile, to target: any StorageFile) throws(StorageError) {
        let chunkByteCount = 1 << 20
        var offset: UInt64 = 0
        while true {
            let chunk = try source.read(at: offset, byteCount: chunkByteCount)
            if chunk.isEmpty { break }
            try target.write(chunk, at: offset)
            offset += UInt64(chunk.count)
        }
        try target.sync()
    }
}
