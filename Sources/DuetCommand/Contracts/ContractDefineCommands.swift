internal import ArgumentParser
internal import ContractService
internal import DuetClient
internal import FabricTypes
internal import FunctionTypes
internal import LedgerCore

/// `duet contract approve`.
struct ContractApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Have an organisation approve what a contract is to be.",
        discussion: """
            Each organisation approves for itself; when enough have, any of them commits. What no option names stays as it is on \
            the channel.
            """)

    @Argument(help: ArgumentHelp("The contract.", valueName: "contract"))
    var contract: String

    @Option(
        help: ArgumentHelp(
            "The code that the organisation's peers run. (default: the contract of this name that is linked into them)",
            valueName: "package"))
    var packageID: String?

    @OptionGroup var definitionOptions: DefinitionOptions
    @OptionGroup var options: ContractOptions

    func run() async throws {
        let (name, asked) = (contract, definitionOptions)
        let package = packageID ?? LinkedContracts.packageID(of: name)
        if packageID == nil { try await checkIsLinked() }
        let approved = try await options.withChannel(defaultUser: "Admin") { channel in
            let calls = LifecycleCalls(channel)
            let definition = try asked.definition(
                of: name, over: try await calls.definition(of: name)?.definition)
            let organization = channel.identity.mspID
            let transaction = try await calls.approve(
                definition, source: ChaincodeSource(.localPackage(id: Bytes(package))), by: organization)
            return (definition: definition, organization: organization, transaction: transaction)
        }
        var members = DefinitionText.members(approved.definition)
        members["organization"] = .string(approved.organization.rawValue)
        members["transaction"] = .string(approved.transaction.id.rawValue)
        try options.output.print(JSONValue.object(members)) { _ in
            let definition = approved.definition
            return """
                \(approved.organization) has approved \(name.escapingControls), version \(definition.version.lossyText.escapingControls), \
                sequence \(definition.sequence), endorsed by \(definition.policyText).
                When enough organisations have: \(RootCommand.programName) contract commit \(name.escapingControls)

                """
        }
    }

    /// A definition without code behind it would be approved and committed without a word.
    private func checkIsLinked() async throws {
        do {
            _ = try await options.node.withClient { try await $0.call(.get, ["api", "contracts", contract]) }
        } catch let refusal as NodeRefusal where refusal.code == "ContractNotFound" {
            throw CommandError(
                .failed, "\(refusal.message) To approve code from elsewhere name its package with --package-id.")
        } catch let error as CommandError where error.status == .unreachable {
            // Only a peer is there to be called; what it runs is not known.
        }
    }
}

/// `duet contract commit`.
struct ContractCommitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit",
        abstract: "Make what organisations have approved the channel's definition of a contract.",
        discussion: "Takes what the caller's organisation has approved last, unless options say otherwise.")

    @Argument(help: ArgumentHelp("The contract.", valueName: "contract"))
    var contract: String

    @OptionGroup var definitionOptions: DefinitionOptions
    @OptionGroup var options: ContractOptions

    func run() async throws {
        let (name, asked) = (contract, definitionOptions)
        let committed = try await options.withChannel(defaultUser: "Admin") { channel in
            let calls = LifecycleCalls(channel)
            let organization = channel.identity.mspID
            let current = try await calls.definition(of: name)?.definition
            guard let approved = try await calls.approved(name, by: organization)?.definition else {
                throw CommandError(
                    .failed,
                    "\(organization) has not approved \"\(name)\" yet: \(RootCommand.programName) contract approve \(name)"
                )
            }
            guard approved.sequence > current?.sequence ?? 0 else {
                throw CommandError(
                    .failed,
                    "\"\(name)\" is committed as \(organization) has approved it, with sequence \(approved.sequence). To change it, "
                        + "approve something else first: \(RootCommand.programName) contract approve \(name) --version …"
                )
            }
            var definition = try asked.definition(of: name, over: approved)
            definition.sequence = asked.sequence ?? approved.sequence
            let approvals = DefinitionText.approvals(try await calls.readiness(of: definition).approvals)
            let endorsers = try approvals.filter(\.isApproved).map { try MSPID(validating: $0.organization) }
            guard !endorsers.isEmpty else {
                throw CommandError(.failed, "No organisation has approved this definition of \"\(name)\".")
            }
            let transaction: CommittedTransaction
            do {
                transaction = try await calls.commit(definition, endorsedBy: endorsers)
            } catch let error as ClientError where error.phase == .endorse || error.phase == .commit {
                let missing = approvals.filter { !$0.isApproved }.map(\.organization)
                guard !missing.isEmpty else { throw error }
                throw CommandError(
                    .failed,
                    "\"\(name)\" cannot be committed while too few organisations have approved it: approved by "
                        + "\(endorsers.map(\.rawValue).joined(separator: ", ")), not by \(missing.joined(separator: ", ")).\n"
                        + "\(error)".escapingControls)
            }
            return (definition: definition, transaction: transaction, organizations: endorsers)
        }
        var members = DefinitionText.members(committed.definition)
        members["transaction"] = .string(committed.transaction.id.rawValue)
        members["block"] = .integer(Int64(clamping: committed.transaction.blockNumber))
        members["organizations"] = .array(committed.organizations.map { .string($0.rawValue) })
        try options.output.print(JSONValue.object(members)) { _ in
            let definition = committed.definition
            return """
                \(name.escapingControls) is defined: version \(definition.version.lossyText.escapingControls), sequence \
                \(definition.sequence), endorsed by \(definition.policyText).
                Look at it: \(RootCommand.programName) contract show \(name.escapingControls)

                """
        }
    }
}
