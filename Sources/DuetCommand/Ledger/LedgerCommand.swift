internal import ArgumentParser

/// `duet ledger …`: what is done to a ledger as a whole.
struct LedgerCommand: AsyncParsableCommand {
    private static let verbs: [any ParsableCommand.Type] = []

    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Check and examine ledgers.",
        // A group shows itself once it can do something.
        shouldDisplay: !verbs.isEmpty,
        subcommands: verbs
    )
}
