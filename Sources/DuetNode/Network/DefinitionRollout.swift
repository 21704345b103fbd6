internal import FabricTypes
internal import LedgerCore
internal import Membership
internal import PeerService

/// Brings a definition onto the channel: organisations approve it one after another, then one of them commits it.
///
/// Each step is a transaction; what an earlier attempt has done is not done again.
struct DefinitionRollout {
    let definition: ChaincodeDefinitionFields
    /// By which the contract is approved.
    let packageID: String
    /// One of each organisation of this node: all of them must see a step before the next one is endorsed.
    let clients: [LifecycleClient]

    /// - Parameter approvers: who of the clients approves.
    /// - Returns: organisations without whose approval it could not be committed; empty once it is.
    func run(approvers: [LifecycleClient]) async throws -> [MSPID] {
        let approval = ApproveChaincodeDefinitionForMyOrgArgs(
            definition: definition, source: ChaincodeSource(.localPackage(id: Bytes(packageID))))
        for client in approvers {
            do {
                let id = try await client.submit(
                    "ApproveChaincodeDefinitionForMyOrg", approval, endorsedBy: [client.identity.mspID])
                try await waitForCommit(of: id)
            } catch let error as GatewayError where error.isApprovedAlready {
                // An earlier attempt got this far.
                continue
            }
        }
        guard let first = approvers.first else { return [] }
        let approvals = try await readiness(first)
        let approved = approvals.filter(\.isApproved).map(\.organization)
        let missing = approvals.filter { !$0.isApproved }.map(\.organization)
        // Channels ask for a majority as a rule; where fewer are enough any of them may commit by hand.
        guard approved.count > missing.count else { return missing }
        // A peer endorses only what its own organisation has approved.
        let endorsers = clients.map(\.identity.mspID).filter { approved.contains($0) }
        let id = try await first.submit(
            "CommitChaincodeDefinition", CommitChaincodeDefinitionArgs(definition: definition), endorsedBy: endorsers)
        try await waitForCommit(of: id)
        return []
    }

    private func readiness(_ client: LifecycleClient) async throws -> [(organization: MSPID, isApproved: Bool)] {
        let answer = try await client.evaluate("CheckCommitReadiness", CheckCommitReadinessArgs(definition: definition))
        return try CheckCommitReadinessResult(decoding: answer ?? Bytes()).approvals.byOrganization
            .map { (try MSPID(validating: $0.key.lossyText), $0.value) }
            .sorted { $0.organization < $1.organization }
    }

    private func waitForCommit(of id: Bytes) async throws {
        for client in clients { try await client.waitForCommit(of: id) }
    }
}

extension GatewayError {
    fileprivate var isApprovedAlready: Bool {
        details.contains { $0.message.lossyText.contains("with unchanged content") }
    }
}
