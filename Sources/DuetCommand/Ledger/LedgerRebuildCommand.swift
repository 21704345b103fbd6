internal import ArgumentParser
internal import FabricTypes
internal import LedgerStorage

/// `duet ledger rebuild`: the database anew from the block files.
struct LedgerRebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Make a ledger's database anew from its block files.",
        discussion: """
            The block files and the private data stay as they are; where they are damaged, or hold less than the present \
            database, that stays too. The node must not run. An interrupted rebuild goes on \
            where it was with --continue, or with the next start of the node. Declared indexes come back when the node \
            declares them.
            """)

    @Argument(help: "The folder of one channel's ledger: the one that holds \"blocks\" and \"state.db\".")
    var folder: String

    @Flag(name: .customLong("continue"), help: "Go on with an interrupted rebuild instead of starting over.")
    var goesOn = false

    @OptionGroup var output: OutputOptions

    private struct Report: Encodable {
        let height: UInt64
        let commitHash: String?
    }

    func run() async throws {
        let report = try ledgerResult {
            // Before the old database goes: without whole block files there would be no new one.
            try SQLiteLedger.checkBlockFiles(folder: folder)
            // Only for showing how far it is: a database that is missing or broken is why this command is there.
            let height = (try? LedgerSummary(folder: folder).height) ?? 0
            if !goesOn { try SQLiteLedger.removeDatabase(folder: folder) }
            let bar = ProgressBar("Rebuilding \(folder)", of: Int(clamping: height), unit: "blocks")
            let ledger = try SQLiteLedger.open(
                folder: folder,
                progress: { _ in
                    try Task.checkCancellation()
                    bar.advance()
                })
            bar.finish()
            defer { ledger.close() }
            return Report(height: ledger.height, commitHash: try ledger.lastCommitHash()?.hex)
        }
        try output.print(report) { report in
            "The database holds all \(report.height) blocks again. Commit hash: \(report.commitHash ?? "–")\n"
        }
    }
}
