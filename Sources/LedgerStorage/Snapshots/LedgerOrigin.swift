package import FabricTypes

/// Where a ledger begins that does not begin with its genesis block: the snapshot it was started from.
///
/// Blocks below ``height`` are not there. Their transactions' ids are known, what else they did only in sum.
package struct LedgerOrigin: Hashable, Sendable {
    /// The number of the first block that the ledger holds, or will.
    package let height: BlockNumber
    package let lastBlockHash: Digest
    /// Empty where the snapshot's last block is the genesis block.
    package let previousBlockHash: Bytes
    /// By which organisations compare snapshots.
    package let snapshotHash: Digest

    init(_ manifest: SnapshotManifest) {
        height = manifest.height
        lastBlockHash = manifest.lastBlockHash
        previousBlockHash = manifest.previousBlockHash
        snapshotHash = manifest.digest
    }

    /// Reads what a database was started from; nil for one that holds all blocks.
    init?(_ reader: ReadConnection) throws(StorageError) {
        guard let height = try reader.integer(LedgerDatabase.originHeightName) else { return nil }
        guard let lastBlockHash = try reader.bytes(LedgerDatabase.originBlockHashName).flatMap({ Digest($0) }),
            let snapshotHash = try reader.bytes(LedgerDatabase.originSnapshotHashName).flatMap({ Digest($0) }),
            let previousBlockHash = try reader.bytes(LedgerDatabase.originPreviousHashName)
        else {
            throw StorageError(
                .damaged,
                "The database \"\(reader.connection.path)\" does not say which snapshot it began from. Stop the node and run \"duet ledger rebuild\"."
            )
        }
        self.height = UInt64(bitPattern: height)
        self.lastBlockHash = lastBlockHash
        self.snapshotHash = snapshotHash
        self.previousBlockHash = previousBlockHash
    }
}

/// The id of a transaction whose block is not there, as the database keeps it.
struct EarlierTransactionID {
    private static let regular: UInt8 = 1
    private static let irregular: UInt8 = 2

    /// A regular id is kept as the hash that it is. The first byte tells the two kinds apart, since an irregular id may be
    /// any bytes, also those of a hash.
    let stored: Bytes

    init(_ id: Bytes) {
        if id.count == 2 * Digest.byteCount, let text = id.utf8Text, let id = try? TransactionID(validating: text) {
            stored = Bytes(joining: [[Self.regular], id.digest.bytes])
        } else {
            stored = Bytes(joining: [[Self.irregular], id])
        }
    }

    /// The id that is kept so.
    init(stored: Bytes) {
        self.stored = stored
    }

    var id: Bytes {
        let content = stored[min(1, stored.count)..<stored.count]
        guard stored.first == Self.regular, let digest = Digest(content) else { return content }
        return Bytes(digest.hex)
    }
}

extension ReadConnection {
    /// Whether a transaction with this id lies before the snapshot that the ledger began from.
    func isKnownFromSnapshot(_ id: Bytes) throws(StorageError) -> Bool {
        let statement = try connection.statement("SELECT 1 FROM earlier_tx WHERE id=?")
            .bind(.bytes(EarlierTransactionID(id).stored))
        defer { statement.reset() }
        return try statement.step()
    }
}
