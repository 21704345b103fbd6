internal import DuetClient
internal import FabricTypes

/// What a shell does with its lines: the contract in use, its methods, and calls of them.
struct ShellSession {
    enum Outcome: Equatable {
        /// What to print; may be empty.
        case done(String)
        case failed(String)
        case quit
    }

    static let verbs = ["query", "invoke", "methods", "use", "help", "quit"]

    let channel: ChannelClient
    let node: NodeOptions
    let retry: ConflictRetry
    /// Names of the channel's contracts.
    let contracts: [String]
    private(set) var contract: String
    private(set) var methods: ContractMethods?

    init(
        _ channel: ChannelClient, node: NodeOptions, retry: ConflictRetry, contracts: [String], contract: String
    ) async {
        self.channel = channel
        self.node = node
        self.retry = retry
        self.contracts = contracts
        self.contract = contract
        methods = await ContractMethods.find(contract, channel, node)
    }

    var prompt: String { "\(channel.id)/\(contract.escapingControls)> " }

    // MARK: - Completion

    /// Words that could be the last one of `text`.
    func candidates(_ text: String) -> [String] {
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        let isNewWord = text.isEmpty || text.hasSuffix(" ")
        let last = isNewWord ? "" : words.last ?? ""
        let before = isNewWord ? words : Array(words.dropLast())
        let names = methods?.methods.map(\.name) ?? []
        let all: [String] =
            switch before.count {
            case 0: Self.verbs + names
            case 1 where ["query", "invoke"].contains(before[0]): names
            case 1 where before[0] == "use": contracts
            default: []
            }
        return all.filter { $0.hasPrefix(last) }.sorted()
    }

    // MARK: - Lines

    mutating func run(_ line: String) async -> Outcome {
        let words: [String]
        do throws(ShellWords.Unclosed) {
            words = try ShellWords.split(line)
        } catch {
            return .failed(error.description)
        }
        guard let verb = words.first, !verb.hasPrefix("#") else { return .done("") }
        switch verb {
        case "quit", "exit": return .quit
        case "help": return .done(Self.help)
        case "methods": return .done(methods?.text(of: contract) ?? "\(contract) does not describe its methods.\n")
        case "use": return await use(words.dropFirst().first)
        case "query", "invoke":
            guard words.count > 1 else { return .failed("Name a method: \(verb) METHOD ARGUMENTS") }
            return await call(words[1], Array(words.dropFirst(2)), isTransaction: verb == "invoke")
        default:
            if let methods, !methods.methods.contains(where: { $0.name == verb }) {
                return .failed(
                    "\(contract) has no method \"\(verb)\", and the shell no such command. Try: methods, help")
            }
            return await call(verb, Array(words.dropFirst()), isTransaction: false)
        }
    }

    private mutating func use(_ name: String?) async -> Outcome {
        guard let name, contracts.contains(name) else {
            return .failed("Name a contract of the channel: \(contracts.joined(separator: ", "))")
        }
        contract = name
        methods = await ContractMethods.find(name, channel, node)
        return .done("")
    }

    private func call(_ method: String, _ arguments: [String], isTransaction: Bool) async -> Outcome {
        let target = channel.contract(contract)
        let arguments = arguments.map { Bytes($0) }
        do {
            if isTransaction {
                return .done(TransactionOutcome(try await target.submit(method, arguments, retry: retry)).text)
            }
            let answer = try await target.evaluate(method, arguments)
            return .done(answer.isEmpty ? "" : PayloadText.result(answer, for: .standardOutput) + "\n")
        } catch let error as ClientError {
            return .failed(await ClientErrorText(channel: channel.id.rawValue, node: node).commandError(error).message)
        } catch {
            return .failed("\(error)")
        }
    }

    private static let help = """
        METHOD ARGUMENTS          ask the contract; nothing it writes is kept
        query METHOD ARGUMENTS    the same
        invoke METHOD ARGUMENTS   call it as a transaction
        methods                   what the contract offers
        use CONTRACT              go on with another contract of the channel
        quit                      leave, as Ctrl-D does
        Quote arguments with blanks: 'two words' or "two words". Tab completes, the arrows bring back earlier lines.

        """
}
