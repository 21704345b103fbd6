internal import ContractService
public import DuetContract
internal import LedgerCore
internal import Membership

/// A channel in memory on which contracts run as on a peer: for a contract's own tests.
///
/// Calls are simulated by the same rules as everywhere else and leave the same read-write sets, but for the one read by
/// which a peer notes a contract's definition. Transactions are committed in blocks by the peers' rules, so that conflicts
/// show. Endorsement policies are not looked at. To be used from one test, one call at a time.
///
/// ```swift
/// let ledger = try TestLedger(LinkedContract("market", Market.self))
/// let offer = try ledger.submit("market", "offer", "car", "5")
/// #expect(offer.status == 200)
/// ```
public final class TestLedger {
    public static let channelID = "test"

    private let contracts: LinkedContracts
    private let organizations: [TestOrganization]
    private let configuration: ChannelConfiguration
    private let ledger = InMemoryLedger()
    private var callers: [String: TestCaller] = [:]
    private var proposalCount = 0
    private var functions: [String: @Sendable (Bytes) throws -> Bytes] = [:]

    /// - Parameters:
    ///   - contracts: linked ones, by the names under which they call each other.
    ///   - organizations: the MSP IDs of the channel's members.
    ///   - collections: of all contracts alike.
    /// - Throws: where certificates cannot be made.
    public init(
        _ contracts: LinkedContract..., organizations: [String] = ["Org1MSP", "Org2MSP"],
        collections: [TestCollection] = []
    ) throws {
        self.contracts = LinkedContracts(contracts)
        self.organizations = try organizations.map { try TestOrganization(mspID: $0) }
        configuration = try Self.configuration(self.organizations)
        try commitDefinitions(of: contracts.map(\.name), collections.map(\.config))
    }

    /// A client of an organisation.
    ///
    /// - Parameters:
    ///   - organization: its MSP ID; the first organisation's unless said otherwise.
    ///   - attributes: what its certificate says for contracts to decide by.
    public func caller(
        _ name: String = "User1", of organization: String? = nil, attributes: [String: String] = [:]
    ) throws -> TestCaller {
        let mspID = organization ?? organizations[0].mspID
        let key = "\(mspID)/\(name)/\(attributes.sorted { $0.key < $1.key })"
        if let known = callers[key] { return known }
        guard let home = organizations.first(where: { $0.mspID == mspID }) else {
            throw ContractError("There is no organisation \(mspID) on the test channel.")
        }
        let caller = try home.caller(name, attributes: attributes)
        callers[key] = caller
        return caller
    }

    /// Has a function answer contracts in the place of an organisation's own, from now on.
    ///
    /// ```swift
    /// ledger.answer("prices/quote") { _ in Bytes("200") }
    /// ```
    ///
    /// What organisations whose functions differ would come to are the read-write sets of two simulations with different answers.
    ///
    /// - Parameters:
    ///   - name: `service/function`.
    ///   - body: takes the payload. A ``ContractError`` is what the contract gets, with its status; any other error has 502.
    public func answer(_ name: String, with body: @escaping @Sendable (Bytes) throws -> Bytes) {
        functions[name] = body
    }

    // MARK: - Calling contracts

    /// Runs a call and keeps what it would do, without doing it.
    ///
    /// - Parameters:
    ///   - arguments: the method's name and its arguments.
    ///   - caller: `User1` of the first organisation unless said otherwise.
    ///   - isInitialization: whether it is the call that a definition with init-required waits for.
    /// - Throws: where the test itself fails; what a contract refuses is a transaction with its status.
    public func simulate(
        _ contract: String, arguments: [Bytes], by caller: TestCaller? = nil, transient: [String: Bytes] = [:],
        isInitialization: Bool = false
    ) throws -> TestTransaction {
        proposalCount += 1
        let proposal = try TestProposal(
            contract: contract, arguments: arguments, caller: caller ?? self.caller(), transient: transient,
            number: proposalCount)
        let simulation = ChannelSimulation(
            transactionID: proposal.transaction.id, configuration: configuration, snapshot: try ledger.snapshot(),
            blocks: ledger, queryEngine: NoPatterns())
        defer { simulation.close() }
        let calls = TestFunctionCalls(functions)
        let context = ContractContext(
            namespace: Bytes(contract), isInitialization: isInitialization, transaction: proposal.transaction,
            simulation: simulation, router: TestRouter(contracts: contracts, functionCalls: calls))
        let outcome = try contracts.execute(
            ContractInvocation(
                chaincode: Bytes(contract), version: Bytes("1"),
                kind: isInitialization ? .initialization : .transaction,
                arguments: arguments, transaction: proposal.transaction), context: context)
        return TestTransaction(proposal, outcome, try simulation.finish(), calls.answered)
    }

    /// Runs a call that is only to read. What it would write is dropped.
    public func evaluate(_ contract: String, _ arguments: String..., by caller: TestCaller? = nil) throws
        -> TestTransaction
    {
        try simulate(contract, arguments: arguments.map { Bytes($0) }, by: caller)
    }

    /// Runs a call and, where the contract answers below 400, commits it in a block of its own.
    public func submit(_ contract: String, _ arguments: String..., by caller: TestCaller? = nil) throws
        -> TestTransaction
    {
        let transaction = try simulate(contract, arguments: arguments.map { Bytes($0) }, by: caller)
        if transaction.isEndorsed { _ = try commit([transaction]) }
        return transaction
    }

    /// Commits transactions in one block, in this order.
    ///
    /// - Returns: the validation code of each: `VALID`, `MVCC_READ_CONFLICT`, `PHANTOM_READ_CONFLICT`.
    public func commit(_ transactions: [TestTransaction]) throws -> [String] {
        precondition(!transactions.isEmpty, "a block holds a transaction")
        return try append(transactions.map { $0.envelope }, transactions.map(\.set), transactions.map(\.privateSet))
            .map(\.name)
    }

    /// Number of blocks.
    public var height: UInt64 { ledger.height }

    /// A value of the committed state; nil where there is none.
    public func state(of key: some StateKey, in contract: String) throws -> Bytes? {
        let snapshot = try ledger.snapshot()
        defer { snapshot.close() }
        return try snapshot.value(of: key.keyBytes, in: Bytes(contract))?.value
    }
}

// MARK: - Blocks

extension TestLedger {
    private static func configuration(_ organizations: [TestOrganization]) throws -> ChannelConfiguration {
        let orderer = try TestOrganization(mspID: "OrdererMSP")
        let consenter = RaftConfigMetadata.Consenter(
            host: "orderer.example.com", port: 7050, clientTLSCertificate: orderer.tlsCertificate,
            serverTLSCertificate: orderer.tlsCertificate)
        let description = ChannelDescription(
            channelID: try ChannelID(validating: channelID),
            ordererOrganizations: [
                .init(name: orderer.mspID, msp: try orderer.msp(), endpoints: ["orderer.example.com:7050"])
            ],
            applicationOrganizations: try organizations.map { .init(name: $0.mspID, msp: try $0.msp()) },
            consensus: .raft(RaftConfigMetadata(consenters: [consenter])))
        return try ChannelConfiguration(
            channelID: description.channelID, config: description.config, signatures: SignatureTable())
    }

    /// Writes the first block: what the channel's organisations would have agreed on.
    private func commitDefinitions(of names: [String], _ collections: [StaticCollectionConfig]) throws {
        var writes: [KVWrite] = []
        for name in Set(names).sorted() {
            let definition = ChaincodeDefinition(
                name: Bytes(name), sequence: 1, version: Bytes("1"), endorsementPlugin: Bytes("escc"),
                validationPlugin: Bytes("vscc"), validationParameter: Bytes(), collections: collections)
            writes += LifecycleRecord.definition(definition).entries(at: Bytes(name), kind: .namespaces)
                .map { KVWrite(key: $0.key, value: $0.value) }
        }
        var set = KVRWSet()
        set.writes = writes.sorted { $0.key < $1.key }
        let readWriteSet = ReadWriteSet(namespaces: [
            NamespaceReadWriteSet(namespace: LifecycleKeys.namespace, publicSet: set)
        ])
        let proposal = try TestProposal(
            contract: "_lifecycle", arguments: [], caller: caller(), transient: [:], number: 0)
        _ = try append([proposal.envelope(readWriteSet.encoded())], [readWriteSet], [nil])
    }

    private func append(
        _ envelopes: [Bytes], _ sets: [ReadWriteSet], _ privateSets: [TxPvtReadWriteSet?]
    ) throws -> [ValidationCode] {
        let number = ledger.height
        let snapshot = ledger.inMemorySnapshot()
        defer { snapshot.close() }
        var transition = StateTransition(block: number, over: snapshot)
        let codes = try sets.enumerated().map { try transition.append($1, at: $0).code }
        let kept = privateSets.enumerated().compactMap { index, set in
            set.map { PrivateWriteSet(transactionIndex: index, set: $0) }
        }
        _ = try transition.append(kept)
        let previous = try number == 0 ? nil : ledger.block(number - 1).map { try Block(decoding: $0).header }
        let block =
            previous.map { Block(following: $0, envelopes: envelopes) } ?? Block(genesis: envelopes[0])
        let history = transition.history
        let definitions = DefinitionReader(snapshot)
        let updates = try transition.finish(blocksToLive: definitions.blocksToLive)
        let ids = envelopes.map { TestProposal.transactionID(in: $0) }
        try ledger.commit(
            BlockCommit(
                number: number, headerHash: block.header.hash, block: block.encoded(), codes: codes,
                transactionIDs: ids, updates: updates, history: history, privateSets: kept, commitHash: nil))
        return codes
    }
}

/// Answers `$regex` in rich queries by saying that it cannot.
private struct NoPatterns: RegexEngine {
    func compile(_ pattern: Bytes) throws(SelectorError) -> any RegexPattern {
        throw SelectorError(.invalidPattern, "Patterns are not supported by the test ledger.")
    }
}
