internal import ArgumentParser
internal import DuetClient
internal import FabricTypes

/// `duet contract shell`.
struct ContractShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Call a contract's methods line by line.",
        discussion: """
            A method's name asks it; invoke before it makes a transaction of the call. Tab completes the names of methods, and \
            lines are kept for the next time. Lines may also come from a pipe or a file; then the exit status says whether all \
            of them succeeded.
            """)

    @Argument(help: ArgumentHelp("The contract. (default: the channel's first one)", valueName: "contract"))
    var contract: String?

    @Option(
        help: ArgumentHelp(
            "Call again, up to so many times, where another transaction was faster.", valueName: "times"))
    var retry = 0

    @OptionGroup var options: ContractOptions

    func validate() throws {
        guard (0...100).contains(retry) else { throw ValidationError("--retry is \(retry): use 0 to 100.") }
    }

    func run() async throws {
        let (asked, node, data) = (contract, options.node, options.data)
        let retry = ConflictRetry(attemptCountMax: retry + 1)
        let isGood = try await options.withChannel { channel in
            let names = try await LifecycleCalls(channel).definitions().map(\.name.lossyText)
            guard let contract = asked ?? names.first, names.contains(contract) else {
                throw CommandError(
                    .failed,
                    "The channel has no contract \"\(asked ?? "")\"; it has \(DefinitionText.list(names)).")
            }
            let session = await ShellSession(
                channel, node: node, retry: retry, contracts: names, contract: contract)
            return try await Self.run(session, dataFolder: data)
        }
        guard isGood else { throw ExitStatus.failed }
    }

    /// - Returns: whether every line succeeded; for a person always.
    private static func run(_ session: ShellSession, dataFolder: String) async throws -> Bool {
        var session = session
        var history = ShellHistory(dataFolder: dataFolder)
        let input = ShellInput(history: history.lines)
        if input.isInteractive {
            Terminal.standardOutput.write("Methods complete with Tab. Type help for more, quit to leave.\n")
        }
        var isGood = true
        while true {
            let now = session
            guard let line = try await input.line(prompt: now.prompt, complete: { now.candidates($0) }) else { break }
            if input.isInteractive { history.append(line) }
            switch await session.run(line) {
            case .done(let text): Terminal.standardOutput.write(text)
            case .failed(let message):
                Terminal.standardError.write("Error: \(message)\n")
                isGood = false
            case .quit:
                if input.isInteractive { history.save() }
                return isGood || input.isInteractive
            }
        }
        if input.isInteractive { history.save() }
        return isGood || input.isInteractive
    }
}
