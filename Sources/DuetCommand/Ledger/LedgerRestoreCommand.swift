internal import ArgumentParser
internal import FabricTypes
internal import LedgerStorage

/// `duet ledger restore`: a ledger that begins with a snapshot.
struct LedgerRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Start a ledger from a snapshot.",
        discussion: """
            Checks every file of the snapshot against its hash, keeps a copy in the ledger's folder, and makes the database. \
            The ledger goes on with the block behind the snapshot: blocks before are not there, the ids of their \
            transactions are, history begins where the snapshot ends. Snapshots of Fabric peers with a key-value state \
            database are read too.

            The hash of the last commit is the one value that no hash of a snapshot covers; compare it with what another \
            peer says of that block.

            Exit status: 0 done, 1 the snapshot is damaged or the folder not empty, 78 there is no snapshot, or not the \
            expected one.
            """)

    @Argument(help: "The folder of the snapshot.", completion: .directory)
    var snapshot: String

    @Argument(help: "The folder of the new ledger. It must be missing or empty.", completion: .directory)
    var folder: String

    @Option(
        help: ArgumentHelp(
            "Refuse the snapshot unless it has this hash, as an organisation you trust has told you.", valueName: "hash"
        ))
    var expect: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let expected = try expect.map { text in
            guard let digest = Bytes(hex: text).flatMap({ Digest($0) }) else {
                throw CommandError(
                    .usage, "--expect is \"\(text)\": give the snapshot's hash, 64 hexadecimal digits.")
            }
            return digest
        }
        let summary = try ledgerResult {
            _ = try LedgerRestore.run(snapshot, to: folder, expecting: expected)
            return try LedgerSummary(folder: folder)
        }
        let report = SnapshotReport(
            channel: summary.channel?.lossyText ?? "", height: summary.height,
            lastBlockHash: summary.lastBlockHash?.hex ?? "", commitHash: summary.commitHash?.hex,
            snapshotHash: summary.origin?.snapshotHash.hex ?? "")
        try output.print(report) { report in
            report.table(folder: snapshot) + "The ledger in \(folder) goes on with block \(report.height).\n"
        }
    }
}
