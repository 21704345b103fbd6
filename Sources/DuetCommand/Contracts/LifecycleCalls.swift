internal import DuetClient
internal import FabricTypes
internal import LedgerCore

/// `_lifecycle` of a channel, called like any contract.
struct LifecycleCalls: Sendable {
    private let contract: ContractClient

    init(_ channel: ChannelClient) {
        contract = channel.contract(LifecycleKeys.namespace.lossyText)
    }

    // MARK: - Asking

    /// In the order of their names.
    func definitions() async throws -> [ChaincodeDefinitionFields] {
        let bytes = try await contract.evaluate("QueryChaincodeDefinitions", [Bytes()])
        return try QueryChaincodeDefinitionsResult(decoding: bytes).definitions.map(\.definition)
            .sorted { $0.name < $1.name }
    }

    /// The committed definition and who has approved it; nil where there is none.
    func definition(of name: String) async throws -> QueryChaincodeDefinitionResult? {
        let arguments = QueryChaincodeDefinitionArgs(name: Bytes(name))
        guard let bytes = try await answer("QueryChaincodeDefinition", arguments, absent: "is not defined") else {
            return nil
        }
        return try QueryChaincodeDefinitionResult(decoding: bytes)
    }

    /// What the caller's organisation has approved last; nil where it has approved nothing.
    func approved(_ name: String, by organization: MSPID) async throws -> QueryApprovedChaincodeDefinitionResult? {
        let arguments = QueryApprovedChaincodeDefinitionArgs(name: Bytes(name), sequence: 0)
        guard
            let bytes = try await answer(
                "QueryApprovedChaincodeDefinition", arguments, absent: "could not fetch approved chaincode definition",
                askedOf: [organization])
        else { return nil }
        return try QueryApprovedChaincodeDefinitionResult(decoding: bytes)
    }

    func readiness(of definition: ChaincodeDefinitionFields) async throws -> CheckCommitReadinessResult {
        let arguments = CheckCommitReadinessArgs(definition: definition)
        return try CheckCommitReadinessResult(
            decoding: try await contract.evaluate("CheckCommitReadiness", [arguments.encoded()]))
    }

    // MARK: - Changing

    func approve(
        _ definition: ChaincodeDefinitionFields, source: ChaincodeSource, by organization: MSPID
    ) async throws -> CommittedTransaction {
        let arguments = ApproveChaincodeDefinitionForMyOrgArgs(definition: definition, source: source)
        return try await contract.submit(
            "ApproveChaincodeDefinitionForMyOrg", [arguments.encoded()],
            context: CallContext(organizations: [organization]))
    }

    func commit(
        _ definition: ChaincodeDefinitionFields, endorsedBy organizations: [MSPID]
    ) async throws -> CommittedTransaction {
        try await contract.submit(
            "CommitChaincodeDefinition", [CommitChaincodeDefinitionArgs(definition: definition).encoded()],
            context: CallContext(organizations: organizations),
            // A peer may see the last approval a moment after another.
            retry: ConflictRetry(attemptCountMax: 5, delay: .milliseconds(100)))
    }

    /// - Parameter absent: words of a peer's refusal that mean that there is nothing.
    private func answer(
        _ function: String, _ arguments: some WireMessage, absent: String, askedOf organizations: [MSPID] = []
    ) async throws -> Bytes? {
        do {
            return try await contract.evaluate(
                function, [arguments.encoded()], context: CallContext(organizations: organizations))
        } catch let error as ClientError {
            let words = [error.message] + error.refusals.map(\.message)
            guard words.contains(where: { $0.contains(absent) }) else { throw error }
            return nil
        }
    }
}
