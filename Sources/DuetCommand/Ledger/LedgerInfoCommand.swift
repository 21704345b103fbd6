internal import ArgumentParser
internal import FabricTypes
internal import LedgerStorage

/// `duet ledger info`: what a ledger's folder holds.
struct LedgerInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what a ledger on disk holds.",
        discussion: "Changes nothing; the ledger may be in use.")

    @Argument(help: "The folder of one channel's ledger: the one that holds \"blocks\" and \"state.db\".")
    var folder: String

    @OptionGroup var output: OutputOptions

    private struct Report: Encodable {
        struct Namespace: Encodable {
            let namespace: String
            let keys: UInt64
        }

        let channel: String?
        let height: UInt64
        /// Where a ledger that was started from a snapshot begins; nothing for one that holds all blocks.
        let firstBlock: UInt64?
        let snapshotHash: String?
        let lastBlockHash: String?
        let commitHash: String?
        let transactions: UInt64
        let blockFiles: Int
        let blockBytes: UInt64
        let databaseBytes: UInt64
        let privateBytes: UInt64
        let namespaces: [Namespace]
    }

    func run() async throws {
        let summary = try ledgerResult { try LedgerSummary(folder: folder) }
        let report = Report(
            channel: summary.channel?.lossyText, height: summary.height, firstBlock: summary.origin?.height,
            snapshotHash: summary.origin?.snapshotHash.hex, lastBlockHash: summary.lastBlockHash?.hex,
            commitHash: summary.commitHash?.hex, transactions: summary.transactionCount,
            blockFiles: summary.blockFileCount, blockBytes: summary.blockByteCount,
            databaseBytes: summary.databaseByteCount, privateBytes: summary.privateByteCount,
            namespaces: summary.keyCounts.map { .init(namespace: $0.namespace.lossyText, keys: $0.count) })
        try output.print(report) { report in
            var table = TextTable([.init("What"), .init("Value")])
            table.append(["Folder", "\(folder)"])
            table.append(["Channel", "\(report.channel ?? "–")"])
            table.append(["Height", "\(report.height) blocks"])
            if let first = report.firstBlock {
                table.append(["Began with block", "\(first), from a snapshot"])
                table.append(["Snapshot hash", "\(report.snapshotHash ?? "–")"])
            }
            table.append(["Transactions", "\(report.transactions)"])
            table.append(["Last block's hash", "\(report.lastBlockHash ?? "–")"])
            table.append(["Commit hash", "\(report.commitHash ?? "–")"])
            table.append(["Block files", "\(report.blockFiles) (\(report.blockBytes) bytes)"])
            table.append(["Database", "\(report.databaseBytes) bytes"])
            table.append(["Private data", "\(report.privateBytes) bytes"])
            for namespace in report.namespaces {
                let name = namespace.namespace.isEmpty ? "(configuration)" : namespace.namespace
                table.append(["Keys of \(name)", "\(namespace.keys)"])
            }
            return table.rendered()
        }
    }
}

/// Runs something on a ledger's files and gives its failure the fitting exit status.
func ledgerResult<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as StorageError {
        throw CommandError(error.code == .foreign ? .configuration : .failed, error.message)
    }
}
