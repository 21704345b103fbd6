internal import FabricTypes
internal import Membership
internal import NodeHTTP
internal import PeerService

/// Calls contracts for callers of the JSON API, with identities that this node keeps.
struct ContractCaller: Sendable {
    /// Whom calls are signed by that name nobody.
    private static let standardIdentity = "User1"

    let identities: DevelopmentIdentities
    /// A gateway of each organisation, by its MSP ID.
    let gateways: [String: any GatewayService]
    let signatures: SignatureTable

    private func client(_ call: ContractCall) async throws -> GatewayClient {
        guard let gateway = gateways[call.organization] else {
            throw GatewayError(
                .notFound, "Organisation \"\(call.organization.prefix(100))\" has no peer on this node to call through."
            )
        }
        guard let channelID = try? ChannelID(validating: call.channel) else {
            throw GatewayError(.notFound, "There is no channel \"\(call.channel.prefix(100))\".")
        }
        let name = call.identity ?? Self.standardIdentity
        guard let identity = try await identities.issued(name, in: call.organization) else {
            throw GatewayError(
                .notFound,
                "This node keeps no identity \"\(name.prefix(100))\" of organisation \"\(call.organization)\": choose one of "
                    + "those that GET /api/identities lists, or make it.")
        }
        return GatewayClient(
            gateway: gateway, identity: try identity.signingIdentity(signatures: signatures), channelID: channelID,
            traceparent: call.traceparent)
    }
}

extension ContractCaller: ContractCalling {
    func evaluate(_ call: ContractCall) async throws -> Bytes {
        try await client(call).evaluate(call.contract, call.arguments) ?? Bytes()
    }

    func submit(_ call: ContractCall) async throws -> ContractCallOutcome {
        let commit = try await client(call).submit(call.contract, call.arguments)
        return ContractCallOutcome(
            result: commit.result, transactionID: commit.transactionID, blockNumber: commit.blockNumber,
            code: commit.code)
    }
}
