internal import ArgumentParser

/// `duet contract …`: look at, call and define the contracts of a channel.
struct ContractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract", abstract: "Look at, call and define the contracts of a channel.",
        discussion: """
            Calls go to a peer's gateway over Fabric's own protocols, as a member of an organisation whose keys are in the data \
            folder. They work against peers of Hyperledger Fabric as well: name them with --peer, --tls-ca and --msp-folder.
            """,
        subcommands: [
            ContractListCommand.self,
            ContractShowCommand.self,
            ContractQueryCommand.self,
            ContractInvokeCommand.self,
            ContractEventsCommand.self,
            ContractApproveCommand.self,
            ContractCommitCommand.self,
            ContractShellCommand.self,
        ])
}
