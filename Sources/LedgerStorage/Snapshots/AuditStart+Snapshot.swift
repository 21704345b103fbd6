internal import FabricTypes
package import Foundation
package import LedgerCore

extension AuditStart {
    /// Where an audit of a ledger begins that was started from a snapshot.
    ///
    /// - Throws: ``StorageError`` where the snapshot is damaged.
    package init(snapshot path: String) throws {
        let snapshot = try SnapshotFolder(path)
        try snapshot.checkFiles()
        let manifest = snapshot.manifest
        self.init(
            channelID: try ChannelID(validating: manifest.channel.lossyText), height: manifest.height,
            lastBlockHash: manifest.lastBlockHash, lastCommitHash: manifest.lastCommitHash)
        try snapshot.forEachRow(of: SnapshotFileName.publicState) { put($1, in: $0) }
        try snapshot.forEachRow(of: SnapshotFileName.hashedState) { name, row in
            guard case .hashed(let collection)? = Space(hashedSnapshotName: name) else {
                throw StorageError.damagedSnapshot(
                    path, "\"\(name.lossyText)\" is not the hashed state of a collection")
            }
            put(row, inHashed: collection)
        }
        try snapshot.forEachTransactionID { insert(transactionID: $0) }
        try scheduleExpiries()
    }

    /// The snapshot that a ledger of ours keeps beside its block files; nil where there is none.
    package static func keptSnapshot(besides blocks: URL) -> String? {
        let path = KeptSnapshot.path(in: blocks.path)
        return FileSize.exists(path) ? path : nil
    }
}
