internal import FabricTypes
internal import LedgerCore

/// Makes a derived database out of a snapshot, as one that has committed all blocks up to there would be, but for history
/// and blocks.
struct SnapshotImport {
    private let snapshot: SnapshotFolder
    private let writer: LedgerWriter

    /// Puts a new database in its place, whole or not at all.
    ///
    /// - Parameter name: the database's file in `folder`. What an earlier attempt has left beside it is removed.
    /// - Throws: ``StorageError/Code/damaged`` where any file of the snapshot is not what its manifest says.
    static func makeDatabase(
        _ name: String, in folder: DiskFolder, from snapshot: SnapshotFolder, options: LedgerOptions
    ) throws {
        let freshName = "\(name).new"
        // Also the log of a database that is gone: SQLite would take it for the new one's.
        for leftover in try folder.fileNames() where leftover.hasPrefix(freshName) || leftover.hasPrefix("\(name)-") {
            try folder.remove(leftover)
        }
        try snapshot.checkFiles()
        try fill("\(folder.path)/\(freshName)", from: snapshot, options: options)
        try folder.open(freshName, creating: false).sync()
        try folder.rename(freshName, to: name)
        try folder.syncNames()
    }

    /// Returns with the database closed.
    private static func fill(_ path: String, from snapshot: SnapshotFolder, options: LedgerOptions) throws {
        let connection = try LedgerDatabase.openFresh(path: path, options: options)
        try connection.transaction {
            try SnapshotImport(snapshot: snapshot, writer: LedgerWriter(connection: connection)).run()
        }
    }

    private func run() throws {
        try snapshot.forEachRow(of: SnapshotFileName.publicState) { name, row in
            try write(row, to: .open(name))
        }
        try snapshot.forEachRow(of: SnapshotFileName.hashedState) { name, row in
            guard let space = Space(hashedSnapshotName: name), row.state.value.count == Digest.byteCount else {
                throw StorageError.damagedSnapshot(
                    snapshot.path, "\"\(name.lossyText)\" is not the hashed state of a collection")
            }
            try write(row, to: space)
        }
        try snapshot.forEachTransactionID { id in
            try writer.connection.statement("INSERT OR IGNORE INTO earlier_tx(id) VALUES(?)")
                .bind(.bytes(EarlierTransactionID(id).stored)).run()
        }
        try snapshot.forEachConfiguration { try writer.write($0) }
        // The definitions that say how long private data lives are in the state by now.
        let reader = ReadConnection(writer.connection)
        for (collection, blocksToLive) in try shortLivedCollections(reader) {
            try writeExpiries(of: collection, blocksToLive: blocksToLive, reader)
        }
        try writeMetadata()
    }

    private func write(_ row: StateRow, to space: Space) throws {
        try writer.put(row, space: writer.spaces.makeNumber(of: space, on: writer.connection))
    }

    private func writeMetadata() throws {
        let manifest = snapshot.manifest
        let origin = LedgerOrigin(manifest)
        try writer.set(LedgerDatabase.originHeightName, .number(origin.height))
        try writer.set(LedgerDatabase.originBlockHashName, .bytes(origin.lastBlockHash.bytes))
        try writer.set(LedgerDatabase.originPreviousHashName, .bytes(origin.previousBlockHash))
        try writer.set(LedgerDatabase.originSnapshotHashName, .bytes(origin.snapshotHash.bytes))
        try writer.set(LedgerDatabase.heightName, .number(origin.height))
        if let hash = manifest.lastCommitHash { try writer.set(LedgerDatabase.commitHashName, .bytes(hash.bytes)) }
    }

    // MARK: - Expiry

    // A snapshot does not list what expires later: it follows from when each key was written and from its collection's
    // definition.

    private func shortLivedCollections(_ reader: ReadConnection) throws -> [(CollectionID, UInt64)] {
        try reader.spaces().compactMap { space in
            guard case .hashed(let id) = space, ImplicitCollection.organization(of: id.collection) == nil else {
                return nil
            }
            let definition = try ChaincodeDefinition.load(id.namespace) {
                try reader.value(of: $0, in: .open(LifecycleKeys.namespace))?.value
            }
            let blocksToLive = definition?.collection(named: id.collection)?.blocksToLive ?? 0
            return blocksToLive > 0 ? (id, blocksToLive) : nil
        }
    }

    private func writeExpiries(of collection: CollectionID, blocksToLive: UInt64, _ reader: ReadConnection) throws {
        let chunkCountMax = 1000
        var range = KeyRange.all
        while true {
            let rows = try reader.versions(in: range, of: .hashed(collection), countMax: chunkCountMax)
            for row in rows {
                let entry = ExpiryEntry(
                    of: row.key, in: collection, writtenBy: row.version, blocksToLive: blocksToLive)
                if let entry { try writer.write(entry) }
            }
            guard let last = rows.last, rows.count == chunkCountMax else { return }
            range = range.after(last.key)
        }
    }
}
