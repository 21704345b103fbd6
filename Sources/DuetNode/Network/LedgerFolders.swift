internal import FabricTypes
internal import Foundation
internal import LedgerCore
internal import LedgerStorage
internal import PeerService

/// The ledgers of one peer on disk: a folder for each channel.
struct LedgerFolders: LedgerProvider {
    let path: String
    var options = LedgerOptions()

    func channelIDs() throws -> [ChannelID] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path)
            .compactMap { try? ChannelID(validating: $0) }
    }

    func open(_ id: ChannelID) throws -> ChannelLedger {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: NSNumber(value: 0o700)])
        let ledger = try SQLiteLedger.open(folder: "\(path)/\(id.rawValue)", options: options)
        return ChannelLedger(
            store: ledger, transientStore: ledger.transientStore,
            origin: ledger.origin.map { origin in
                ChannelLedger.Origin(
                    // A snapshot holds a block at least.
                    number: max(1, origin.height) - 1, hash: origin.lastBlockHash,
                    previousHash: origin.previousBlockHash)
            },
            indexing: ledger, close: { ledger.close() })
    }
}
