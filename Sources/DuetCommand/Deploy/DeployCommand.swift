internal import ArgumentParser
internal import FunctionTypes

/// `duet deploy`: brings about on a node what a template asks for.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Deploy a template with its functions.",
        discussion: """
            Shows what changes, then changes all of it or nothing. The same template again changes nothing. What the node has \
            and the template does not name stays. A template that is wrong is refused with every problem in it.
            """)

    @Flag(help: "Deploy again whenever the template or the code changes, until Ctrl-C.")
    var watch = false

    @Flag(help: "With --watch: after each deployment send the newest dead letter of the template's functions again.")
    var resendFailed = false

    @OptionGroup var options: DeployOptions

    func validate() throws {
        guard !watch || !options.dryRun else { throw ValidationError("Give --watch or --dry-run, not both.") }
        guard !resendFailed || watch else { throw ValidationError("--resend-failed goes with --watch.") }
    }

    func run() async throws {
        try await options.node.withClient { client in
            let deployer = Deployer(client: client, options: options)
            guard watch else {
                try await deployer.deploy()
                return
            }
            try await deployer.watch(resendsFailed: resendFailed)
        }
    }
}

/// `duet remove`: takes out of a node what a template names.
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove the functions and domains that a template names.",
        discussion: """
            Services go when nothing else is left in them. Log projects stay, with what was written. Without --yes it only \
            says what would be removed.
            """)

    @Flag(help: "Remove them.")
    var yes = false

    @OptionGroup var options: DeployOptions

    func run() async throws {
        let file = try TemplateFile(path: options.template, parameters: options.parameters)
        let isRehearsal = options.dryRun || !yes
        var body = options.body(file, isDryRun: isRehearsal)
        body["isRemoval"] = true
        let sent = JSONValue.object(body)
        let result = try await options.node.withClient { client in
            try await client.call(.post, ["api", "deployments"], body: sent)
        }
        try options.output.print(result) { result in
            let plan = PlanText(result: result)
            if plan.changes.isEmpty { return "There is nothing to remove.\n" }
            return plan.changes
                + (isRehearsal ? "Nothing was removed. To remove it, repeat the command with --yes.\n" : "Removed.\n")
        }
    }
}
