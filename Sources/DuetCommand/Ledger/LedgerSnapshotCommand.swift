internal import ArgumentParser
internal import FabricTypes
internal import LedgerStorage

/// `duet ledger snapshot`: the state at a height as files, from which another peer can start.
struct LedgerSnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Write a snapshot of a ledger's state, from which another peer can start.",
        discussion: """
            The files are those of Fabric's "peer snapshot": every peer of a channel writes the same bytes at the same \
            height, and the printed hash stands for all of them. Private values are not among them, only their hashes.

            The ledger may be in use and is not changed. A height below the last is served by applying all blocks up to it \
            once more, beside the ledger; one below the snapshot that a ledger was itself started from is refused.
            """)

    @Argument(help: "The folder of one channel's ledger: the one that holds \"blocks\" and \"state.db\".")
    var folder: String

    @Argument(help: "The folder to write to. It must be missing or empty.", completion: .directory)
    var target: String

    @Option(
        help: ArgumentHelp(
            "How many blocks the snapshot stands for: its last block's number plus one. The ledger's own height if left out.",
            valueName: "height"))
    var at: UInt64?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let manifest = try ledgerResult {
            let height = try LedgerSummary(folder: folder).height
            let bar = ProgressBar("Applying \(folder)", of: Int(clamping: at ?? height), unit: "blocks")
            let manifest = try LedgerExport.run(folder, to: target, at: at) { _ in
                try Task.checkCancellation()
                bar.advance()
            }
            if manifest.height < height { bar.finish() }
            return manifest
        }
        let report = SnapshotReport(
            channel: manifest.channel.lossyText, height: manifest.height, lastBlockHash: manifest.lastBlockHash.hex,
            commitHash: manifest.lastCommitHash?.hex, snapshotHash: manifest.digest.hex)
        try output.print(report) { report in
            report.table(folder: target)
                + "Start another peer's ledger from it with: duet ledger restore \(target) FOLDER --expect \(report.snapshotHash)\n"
        }
    }
}

/// What a snapshot stands for, as both commands print it.
struct SnapshotReport: Encodable {
    let channel: String
    let height: UInt64
    let lastBlockHash: String
    let commitHash: String?
    let snapshotHash: String

    func table(folder: String) -> String {
        var table = TextTable([.init("What"), .init("Value")])
        table.append(["Snapshot", "\(folder)"])
        table.append(["Channel", "\(channel)"])
        table.append(["Height", "\(height) blocks"])
        table.append(["Last block's hash", "\(lastBlockHash)"])
        table.append(["Commit hash", "\(commitHash ?? "–")"])
        table.append(["Snapshot hash", "\(snapshotHash)"])
        return table.rendered()
    }
}
