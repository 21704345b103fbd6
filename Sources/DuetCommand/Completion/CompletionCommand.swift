internal import ArgumentParser

/// `duet completion SHELL`: the script that teaches a shell our commands and options.
struct CompletionCommand: ParsableCommand {
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var completionShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for a shell.",
        discussion: """
            bash: duet completion bash > ~/.local/share/bash-completion/completions/duet
            zsh:  duet completion zsh > "${fpath[1]}/_duet"
            fish: duet completion fish > ~/.config/fish/completions/duet.fish
            """
    )

    @Argument(help: "The shell to complete in.")
    var shell: Shell

    func run() {
        Terminal.standardOutput.write(RootCommand.completionScript(for: shell.completionShell) + "\n")
    }
}
