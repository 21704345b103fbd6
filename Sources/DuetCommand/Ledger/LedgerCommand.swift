internal import ArgumentParser

/// `duet ledger …`: what is done to a ledger as a whole.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Check, examine and copy ledgers.",
        subcommands: [
            LedgerAuditCommand.self,
            LedgerInfoCommand.self,
            LedgerVerifyCommand.self,
            LedgerRebuildCommand.self,
            LedgerSnapshotCommand.self,
            LedgerRestoreCommand.self,
        ]
    )
}
