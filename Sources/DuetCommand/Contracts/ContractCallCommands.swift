internal import ArgumentParser
internal import DuetClient
internal import FabricTypes
internal import FunctionTypes

/// `duet contract query`.
struct ContractQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Call a contract for its answer; nothing it writes is kept.",
        discussion: "Write -- before arguments that begin with a dash.")

    @Argument(help: ArgumentHelp("The contract.", valueName: "contract"))
    var contract: String

    @Argument(help: ArgumentHelp("Its method.", valueName: "method"))
    var method: String

    @Argument(help: ArgumentHelp("The method's arguments.", valueName: "arguments"))
    var arguments: [String] = []

    @OptionGroup var call: CallOptions
    @OptionGroup var options: ContractOptions

    func run() async throws {
        let (contract, method, arguments) = (contract, method, arguments.map { Bytes($0) })
        let context = try call.context()
        let answer = try await options.withChannel { channel in
            try await channel.contract(contract).evaluate(method, arguments, context: context)
        }
        let member = PayloadText.member("answer", answer)
        try options.output.print(JSONValue.object([member.name: member.value])) { _ in
            PayloadText.result(answer, for: .standardOutput) + "\n"
        }
    }
}

/// `duet contract invoke`.
struct ContractInvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke", abstract: "Call a contract as a transaction, and wait until it is committed.",
        discussion: """
            Write -- before arguments that begin with a dash. Where another transaction was faster nothing has happened; \
            --retry calls again by itself.
            """)

    @Argument(help: ArgumentHelp("The contract.", valueName: "contract"))
    var contract: String

    @Argument(help: ArgumentHelp("Its method.", valueName: "method"))
    var method: String

    @Argument(help: ArgumentHelp("The method's arguments.", valueName: "arguments"))
    var arguments: [String] = []

    @Option(
        help: ArgumentHelp(
            "Call again, up to so many times, where another transaction was faster.", valueName: "times"))
    var retry = 0

    @Flag(help: "The one call that a definition with --init-required waits for.")
    var `init` = false

    @Flag(help: "Return once an orderer has the transaction.")
    var noWait = false

    @OptionGroup var call: CallOptions
    @OptionGroup var options: ContractOptions

    func validate() throws {
        guard (0...100).contains(retry) else { throw ValidationError("--retry is \(retry): use 0 to 100.") }
        guard !noWait || retry == 0 else { throw ValidationError("Give --retry or --no-wait, not both.") }
    }

    func run() async throws {
        let (contract, method, arguments) = (contract, method, arguments.map { Bytes($0) })
        let context = try call.context(isInitialization: `init`)
        let (retry, noWait) = (ConflictRetry(attemptCountMax: retry + 1), noWait)
        let outcome = try await options.withChannel { channel in
            let contract = channel.contract(contract)
            if noWait {
                let submitted = try await contract.submitAsync(method, arguments, context: context)
                return TransactionOutcome(submitted)
            }
            return TransactionOutcome(
                try await contract.submit(method, arguments, context: context, retry: retry))
        }
        try options.output.print(outcome.json) { _ in outcome.text }
    }
}

/// What became of a call as a transaction.
struct TransactionOutcome: Sendable {
    let id: TransactionID
    let answer: Bytes
    /// Nil while it is on its way.
    let blockNumber: BlockNumber?
    let attemptCount: Int

    init(_ transaction: CommittedTransaction) {
        id = transaction.id
        answer = transaction.result
        blockNumber = transaction.blockNumber
        attemptCount = transaction.attemptCount
    }

    init(_ transaction: SubmittedTransaction) {
        id = transaction.id
        answer = transaction.result
        blockNumber = nil
        attemptCount = 1
    }

    var json: JSONValue {
        let answer = PayloadText.member("answer", answer)
        var members: [String: JSONValue] = [
            "transaction": .string(id.rawValue), "attempts": .integer(Int64(attemptCount)), answer.name: answer.value,
        ]
        if let blockNumber { members["block"] = .integer(Int64(clamping: blockNumber)) }
        return .object(members)
    }

    var text: String {
        let place = blockNumber.map { "is committed in block \($0)" } ?? "is on its way"
        let attempts = attemptCount > 1 ? ", at the attempt \(attemptCount)" : ""
        let result = answer.isEmpty ? "" : PayloadText.result(answer, for: .standardOutput) + "\n"
        return "Transaction \(id) \(place)\(attempts).\n\(result)"
    }
}
