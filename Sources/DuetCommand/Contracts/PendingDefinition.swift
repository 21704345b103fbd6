internal import DuetClient
internal import FabricTypes
internal import FunctionTypes
internal import LedgerCore

/// What the caller's organisation has approved of a contract beyond what is committed.
///
/// What another organisation has approved is its own secret: it only tells whether a definition is the same.
struct PendingDefinition: Sendable {
    let definition: ChaincodeDefinitionFields
    /// By MSP id.
    let approvals: [(organization: String, isApproved: Bool)]

    /// - Returns: nil where nothing waits, and where the caller may not know.
    static func find(
        _ name: String, after committed: ChaincodeDefinitionFields?, _ calls: LifecycleCalls, _ channel: ChannelClient
    ) async throws -> PendingDefinition? {
        do {
            guard var definition = try await calls.approved(name, by: channel.identity.mspID)?.definition,
                definition.sequence > committed?.sequence ?? 0
            else { return nil }
            definition.name = Bytes(name)
            let readiness = try await calls.readiness(of: definition)
            return PendingDefinition(
                definition: definition, approvals: DefinitionText.approvals(readiness.approvals))
        } catch is ClientError {
            // Peers keep this to their administrators; what is committed is worth showing to everybody.
            return nil
        }
    }

    var text: String {
        let approved = approvals.filter(\.isApproved).map(\.organization)
        let missing = approvals.filter { !$0.isApproved }.map(\.organization)
        return "version \(definition.version.lossyText.escapingControls), sequence \(definition.sequence), endorsed by "
            + "\(definition.policyText); approved by \(DefinitionText.list(approved)), not by \(DefinitionText.list(missing))"
    }

    var json: JSONValue {
        var members = DefinitionText.members(definition)
        members["approvals"] = .object(
            Dictionary(approvals.map { ($0.organization, .bool($0.isApproved)) }) { first, _ in first })
        return .object(members)
    }
}
