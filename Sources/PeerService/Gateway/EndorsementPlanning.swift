internal import FabricTypes
internal import LedgerCore
internal import Membership

/// Makes endorsement plans from what a transaction touches.
struct EndorsementPlanning: Sendable {
    typealias Plan = (plan: EndorsementPlan, candidates: [ChannelPeer])

    /// The preferred ones first.
    let peers: [ChannelPeer]
    /// Nil where the own peer has not joined the channel: then nothing is known of it.
    let channel: PeerChannel?
    /// As the client wrote it.
    let channelID: Bytes

    /// - Throws: ``GatewayError`` `failedPrecondition` where no peers can endorse together.
    func plan(for interest: ChaincodeInterest) async throws(GatewayError) -> Plan {
        do {
            return try await makePlan(for: interest)
        } catch {
            throw Self.error(for: error)
        }
    }

    /// The same for a proposal with transient data: nobody is asked who may not see the collections it touches.
    func plan(protectingTransientDataOf interest: ChaincodeInterest) async throws(GatewayError) -> Plan {
        var cautious = interest
        var protected: [Bytes] = []
        for index in cautious.chaincodes.indices where cautious.chaincodes[index].noPrivateReads {
            cautious.chaincodes[index].noPrivateReads = false
            protected += cautious.chaincodes[index].collectionNames
        }
        do {
            return try await makePlan(for: cautious)
        } catch {
            // Perhaps the caution is the reason.
            if !protected.isEmpty, (try? await makePlan(for: interest)) != nil {
                let names = protected.map(\.lossyText).joined(separator: " ")
                throw GatewayError(
                    .failedPrecondition,
                    "requires endorsement from organisation(s) that are not in the distribution policy of the private "
                        + "data collection(s): [\(names)]; retry specifying trusted endorsing organizations to "
                        + "protect transient data")
            }
            throw Self.error(for: error)
        }
    }

    private static func error(for error: any Error) -> GatewayError {
        switch error {
        case let error as EndorsementPlanError:
            GatewayError(
                .failedPrecondition,
                "no combination of peers can be derived which satisfy the endorsement policy: \(error.message)")
        case is CancellationError: GatewayError(.canceled, "context canceled")
        default: GatewayError(.internalError, "The ledger cannot be read: \(error)")
        }
    }

    private func makePlan(for interest: ChaincodeInterest) async throws -> Plan {
        guard let channel else {
            throw EndorsementPlanError.unknownChaincode(interest.chaincodes.first?.name ?? Bytes(), on: channelID)
        }
        let configuration = channel.configuration
        let definitions = try await definitions(of: Set(interest.chaincodes.map(\.name)), on: channel)
        let requirements = try EndorsementRequirements(interest, on: configuration) { definitions[$0] }
        // A peer whose identity the channel does not know cannot endorse.
        let admitted = peers.compactMap { peer -> (ChannelPeer, Identity)? in
            guard let identity = try? configuration.resolver.identity(peer.identity), requirements.admits(identity)
            else { return nil }
            return (peer, identity)
        }
        let able = admitted.filter { $0.0.chaincodes.isSuperset(of: requirements.chaincodes) }
        let plan = EndorsementPlan(
            satisfying: requirements.policies, by: able.map(\.1), resolver: configuration.resolver)
        if plan.isPossible { return (plan, able.map(\.0)) }
        let isPossibleForOthers = EndorsementPlan(
            satisfying: requirements.policies, by: admitted.map(\.1), resolver: configuration.resolver
        ).isPossible
        throw isPossibleForOthers ? EndorsementPlanError.notInstalled : EndorsementPlanError.noPeers
    }

    private func definitions(
        of names: Set<Bytes>, on channel: PeerChannel
    ) async throws -> [Bytes: ChaincodeDefinition] {
        let height = channel.commits.height
        var kept: [Bytes: ChaincodeDefinition] = [:]
        for name in names { kept[name] = channel.definitions.kept(name, atHeight: height) }
        let missing = names.subtracting(kept.keys)
        // Almost always all are there, and no snapshot is needed.
        guard !missing.isEmpty else { return kept }
        return try await channel.read { [kept] ledger in
            let snapshot = try ledger.snapshot()
            defer { snapshot.close() }
            var found = kept
            for name in missing {
                do {
                    found[name] = try channel.definitions.definition(of: name, in: snapshot)
                } catch is DefinitionError {
                    // What cannot be read defines nothing.
                    continue
                }
            }
            return found
        }
    }
}
