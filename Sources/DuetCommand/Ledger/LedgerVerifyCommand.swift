internal import ArgumentParser
internal import DuetNode
internal import FabricTypes
internal import LedgerCore
internal import LedgerStorage
internal import Membership

/// `duet ledger verify`: whether a ledger on disk is what its blocks say.
struct LedgerVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every hash, signature, checksum and derived value of a ledger on disk.",
        discussion: """
            Validates all blocks once more and compares what follows from them with the database. The node must not run. \
            An interrupted check goes on where it was. Exit status 1 where anything is wrong.
            """)

    @Argument(help: "The folder of one channel's ledger: the one that holds \"blocks\" and \"state.db\".")
    var folder: String

    @OptionGroup var output: OutputOptions

    private struct Report: Encodable {
        let blocks: UInt64
        let tornBytes: UInt64
        let findings: [String]
    }

    func run() async throws {
        let verification = try ledgerResult {
            // Only for showing how far it is: what is wrong with the database is among the findings.
            let height = (try? LedgerSummary(folder: folder).height) ?? 0
            let bar = ProgressBar("Verifying \(folder)", of: Int(clamping: height), unit: "blocks")
            defer { bar.finish() }
            return try LedgerVerification(folder: folder, signatures: SignatureTable(), loop: .allCores) { _ in
                try Task.checkCancellation()
                bar.advance()
            }
        }
        let report = Report(
            blocks: verification.blockCount, tornBytes: verification.tornByteCount, findings: verification.findings)
        try output.print(report) { report in
            var lines = report.findings
            if report.tornBytes > 0 {
                lines.append(
                    "\(report.tornBytes) bytes behind the last block are left of an append that was cut off. The next start removes them."
                )
            }
            lines.append(
                report.findings.isEmpty
                    ? "All \(report.blocks) blocks and everything derived from them are as they should be."
                    : "\(report.blocks) blocks were found good.")
            return lines.joined(separator: "\n") + "\n"
        }
        if !report.findings.isEmpty { throw ExitStatus.failed }
    }
}
