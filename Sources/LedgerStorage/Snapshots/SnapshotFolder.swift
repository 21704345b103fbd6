internal import FabricTypes
internal import LedgerCore

/// A snapshot on disk, read and never trusted: its hashes are checked, then its records as they come.
struct SnapshotFolder {
    let manifest: SnapshotManifest
    private let folder: DiskFolder

    var path: String { folder.path }

    /// Reads what the snapshot says about itself.
    ///
    /// - Throws: ``StorageError/Code/foreign`` where there is none, ``StorageError/Code/damaged`` where it does not agree
    ///   with itself.
    init(_ path: String) throws(StorageError) {
        guard FileSize.exists("\(path)/\(SnapshotManifest.signableName)") else {
            throw StorageError(
                .foreign,
                "There is no snapshot in \"\(path)\": the file \"\(SnapshotManifest.signableName)\" is missing. Give the folder that \"duet ledger snapshot\" or a peer has made."
            )
        }
        folder = try DiskFolder(path: path)
        manifest = try SnapshotManifest(
            signable: Self.read(SnapshotManifest.signableName, in: folder),
            additional: Self.read(SnapshotManifest.additionalName, in: folder), folder: path)
    }

    private static func read(_ name: String, in folder: DiskFolder) throws(StorageError) -> Bytes {
        let bytes = try folder.open(name, creating: false)
            .read(at: 0, byteCount: SnapshotManifest.byteCountMax + 1)
        guard bytes.count <= SnapshotManifest.byteCountMax else {
            throw .damagedSnapshot(folder.path, "its file \"\(name)\" has more than \(bytes.count - 1) bytes")
        }
        return bytes
    }

    /// Compares every file with the hash that the manifest states. Reads all of them.
    func checkFiles() throws(StorageError) {
        for (name, expected) in manifest.files.sorted(by: { $0.key < $1.key }) {
            guard FileSize.exists("\(path)/\(name)") else {
                throw .damagedSnapshot(path, "its file \"\(name)\" is missing")
            }
            let found = try SnapshotFileReader.digest(of: name, in: folder)
            guard found == expected else {
                throw .damagedSnapshot(path, "its file \"\(name)\" has the hash \(found), not \(expected)")
            }
        }
        for name in SnapshotFileName.all where manifest.files[name] == nil && FileSize.exists("\(path)/\(name)") {
            throw .damagedSnapshot(path, "its file \"\(name)\" is not among those that it names")
        }
    }

    /// The parts to copy, the manifest last.
    var fileNames: [String] {
        manifest.files.keys.sorted() + [SnapshotManifest.additionalName, SnapshotManifest.signableName]
    }

    // MARK: - Records

    /// Gives every row of public or hashed state with the name of its space.
    func forEachRow(
        of name: String, _ body: (_ space: Bytes, StateRow) throws -> Void
    ) throws {
        guard let files = try pair(name) else { return }
        var (data, counts) = files
        for _ in 0..<(try counts.number()) {
            let space = try counts.bytes()
            for _ in 0..<(try counts.number()) {
                let bytes = try data.bytes()
                guard let row = try? SnapshotRecord(decoding: bytes).row,
                    row.state.version.blockNumber <= manifest.lastBlockNumber,
                    row.state.version.transactionIndex <= UInt64(Int64.max)
                else { throw data.damage("holds a record that is no key of a state") }
                try body(space, row)
            }
        }
        try requireEnds(data, counts)
    }

    /// Gives the id of every transaction, shortest first, then bytewise.
    func forEachTransactionID(_ body: (Bytes) throws -> Void) throws {
        guard let files = try pair(SnapshotFileName.transactionIDs) else { return }
        var (data, counts) = files
        for _ in 0..<(try counts.number()) { try body(try data.bytes()) }
        try requireEnds(data, counts)
    }

    /// Gives every collection configuration that ever was in force.
    func forEachConfiguration(_ body: (ConfigHistoryEntry) throws -> Void) throws {
        guard let files = try pair(SnapshotFileName.configHistory) else { return }
        var (data, counts) = files
        for _ in 0..<(try counts.number()) {
            guard let entry = ConfigHistoryEntry(snapshotKey: try data.bytes(), collections: try data.bytes()),
                entry.block <= manifest.lastBlockNumber
            else { throw data.damage("holds a record that is no collection configuration") }
            try body(entry)
        }
        try requireEnds(data, counts)
    }

    /// The data file and the one with its counts; nil where the snapshot has nothing of the kind.
    private func pair(
        _ name: String
    ) throws(StorageError) -> (data: SnapshotFileReader, counts: SnapshotFileReader)? {
        let names = [SnapshotFileName.data(name), SnapshotFileName.metadata(name)]
        let present = names.filter { manifest.files[$0] != nil }
        guard !present.isEmpty else { return nil }
        guard present.count == names.count else {
            throw .damagedSnapshot(path, "it has the file \"\(present[0])\" without its counterpart")
        }
        return (try SnapshotFileReader(names[0], in: folder), try SnapshotFileReader(names[1], in: folder))
    }

    private func requireEnds(_ files: SnapshotFileReader...) throws(StorageError) {
        for file in files where !file.isAtEnd { throw file.damage("goes on where it should end") }
    }
}
