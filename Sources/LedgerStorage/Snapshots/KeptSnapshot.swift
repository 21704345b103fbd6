internal import FabricTypes

/// The snapshot that a ledger's folder keeps of what it began from: with the block files the truth of such a ledger.
enum KeptSnapshot {
    static let folderName = "snapshot"
    /// Where a snapshot lies while it is being copied.
    static let incompleteName = "snapshot.new"

    static func path(in ledger: String) -> String { "\(ledger)/\(folderName)" }

    /// The snapshot of a ledger; nil for one that holds all blocks.
    static func open(in ledger: String) throws(StorageError) -> SnapshotFolder? {
        FileSize.exists(path(in: ledger)) ? try SnapshotFolder(path(in: ledger)) : nil
    }

    /// Makes a missing database out of the kept snapshot, if there is one.
    ///
    /// - Returns: what the ledger began from; nil for one that holds all blocks.
    static func prepareDatabase(
        _ name: String, of ledger: String, options: LedgerOptions
    ) throws -> LedgerOrigin? {
        guard let snapshot = try open(in: ledger) else { return nil }
        if !FileSize.exists("\(ledger)/\(name)") {
            try SnapshotImport.makeDatabase(name, in: DiskFolder(path: ledger), from: snapshot, options: options)
        }
        return LedgerOrigin(snapshot.manifest)
    }
}
