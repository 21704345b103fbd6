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

    /// All ways to have it endorsed by the peers that can run it.
    ///
    /// - Returns: the ways, and the peers that they name by index.
    /// - Throws: ``EndorsementPlanError`` where there is none; the store's errors.
    func layouts(for interest: ChaincodeInterest) async throws -> ([EndorsementLayout], [ChannelPeer]) {
        let question = try await question(interest)
        let layouts = EndorsementLayouts.find(
            satisfying: question.requirements.policies, by: question.able.map(\.1), resolver: question.resolver)
        guard !layouts.isEmpty else { throw question.refusal }
        return (layouts, question.able.map(\.0))
    }

    /// The peers that can run it and may see the private data it reads.
    ///
    /// - Throws: ``EndorsementPlanError`` where a definition is missing or unusable; the store's errors.
    func authorizedPeers(for interest: ChaincodeInterest) async throws -> [ChannelPeer] {
        try await question(interest).able.map(\.0)
    }

    /// Of chaincodes that are defined.
    func versions(of names: Set<Bytes>) async throws -> [Bytes: Bytes] {
        guard let channel else { return [:] }
        return try await definitions(of: names, on: channel).mapValues(\.version)
    }

    /// What a transaction needs, and who of the peers could take part.
    private struct Question {
        let requirements: EndorsementRequirements
        let resolver: any IdentityResolver
        /// Whom the channel knows and the requirements admit.
        let admitted: [(ChannelPeer, Identity)]

        /// Those of them that can run all chaincodes.
        var able: [(ChannelPeer, Identity)] {
            admitted.filter { $0.0.chaincodes.isSuperset(of: requirements.chaincodes) }
        }

        func plan(by peers: [(ChannelPeer, Identity)]) -> EndorsementPlan {
            EndorsementPlan(satisfying: requirements.policies, by: peers.map(\.1), resolver: resolver)
        }

        /// Why there is no way.
        var refusal: EndorsementPlanError { plan(by: admitted).isPossible ? .notInstalled : .noPeers }
    }

    private func question(_ interest: ChaincodeInterest) async throws -> Question {
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
        return Question(requirements: requirements, resolver: configuration.resolver, admitted: admitted)
    }

    private func makePlan(for interest: ChaincodeInterest) async throws -> Plan {
        let question = try await question(interest)
        let able = question.able
        let plan = question.plan(by: able)
        guard plan.isPossible else { throw question.refusal }
        return (plan, able.map(\.0))
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
