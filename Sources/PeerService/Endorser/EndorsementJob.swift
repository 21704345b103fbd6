internal import FabricTypes
internal import LedgerCore
internal import Membership

/// One proposal on its way through the endorser, on a thread for blocking work.
///
/// Source: Fabric's `endorser.ProcessProposal`, in the order of its checks.
struct EndorsementJob: Sendable {
    let parts: EndorserParts
    let simulations: ProposalSimulations
    /// When nobody waits for the answer any more.
    let deadline: ContinuousClock.Instant

    /// A proposal that may be simulated.
    struct Admitted {
        let proposal: UnpackedProposal
        /// Nil for calls of system chaincodes outside of channels.
        let channel: (any EndorserChannel)?
        /// Its channel's name where that is not found here.
        var unknownChannel: Bytes?

        /// As checks see it; nil where there is nothing to check.
        var checked: CheckedProposal? {
            guard let channel, let creator = try? channel.configuration.resolver.identity(proposal.transaction.creator)
            else { return nil }
            return CheckedProposal(
                channelID: channel.id, transactionID: proposal.transaction.id, contract: proposal.chaincode,
                input: proposal.input, creator: creator, transientMap: proposal.transaction.transientMap)
        }
    }

    func process(_ proposal: SignedProposal) throws(EndorserError) -> ProposalResponse {
        let admitted = try admit(proposal)
        if let name = admitted.unknownChannel {
            return ProposalResponse(response: .failure("channel '\(name.lossyText)' not found"))
        }
        do {
            return try endorse(admitted.proposal, admitted.channel)
        } catch {
            return ProposalResponse(response: .failure("\(error)"))
        }
    }

    /// That the proposal is in order and its creator may make it.
    func admit(_ proposal: SignedProposal) throws(EndorserError) -> Admitted {
        let filter = ProposalFilter(
            timeWindowMinutes: parts.configuration.timeWindowMinutes, now: parts.now())
        let unpacked = try UnpackedProposal(proposal) { channelHeader, signatureHeader throws(EndorserError) in
            let channel = parts.channels.endorserChannel(channelHeader.channelID)
            try filter.check(channelHeader, signatureHeader, identities: channel?.configuration.resolver)
        }
        var channel: (any EndorserChannel)?
        if !unpacked.channelID.isEmpty {
            channel = parts.channels.endorserChannel(unpacked.channelID)
            guard channel != nil else {
                return Admitted(proposal: unpacked, channel: nil, unknownChannel: unpacked.channelID)
            }
        }
        do throws(EndorserError) {
            let resolver: any IdentityResolver = channel?.configuration.resolver ?? parts.access.localIdentities
            try ProposalCheck(unpacked).check(by: resolver)
        } catch {
            throw EndorserError("error validating proposal: \(error.message)")
        }
        if let channel { try checkAdmission(of: unpacked, to: channel) }
        return Admitted(proposal: unpacked, channel: channel)
    }

    /// That the transaction is new and its creator may propose.
    private func checkAdmission(
        of proposal: UnpackedProposal, to channel: any EndorserChannel
    ) throws(EndorserError) {
        let isKnown: Bool
        do {
            isKnown = try channel.ledger.isKnown(transaction: proposal.transaction.id)
        } catch {
            throw EndorserError("The ledger of channel \"\(channel.id)\" cannot be read: \(error)")
        }
        guard !isKnown else {
            throw EndorserError(
                "duplicate transaction found [\(proposal.transaction.id.lossyText)]. "
                    + "Creator [\(proposal.transaction.creator.hex)]")
        }
        // The peer's own chaincodes check their callers themselves.
        guard !parts.isSystemChaincode(proposal.chaincode) else { return }
        do throws(AccessRefusal) {
            try parts.access.check(.propose, channel.configuration, [proposal.transaction.signedData])
        } catch {
            throw EndorserError(error.message)
        }
    }

    private func endorse(_ proposal: UnpackedProposal, _ channel: (any EndorserChannel)?) throws -> ProposalResponse {
        let simulation = try channel.flatMap { try openSimulation(of: proposal, on: $0) }
        defer { simulation?.close() }
        let router = ContractCalls(
            parts: parts, simulations: simulations, input: proposal.input, deadline: deadline)
        let info: EndorsementInfo
        do {
            info = try router.info(of: proposal.chaincode, simulation)
        } catch {
            throw ContractUnavailable(
                "make sure the chaincode \(proposal.chaincode.lossyText) has been successfully defined on channel "
                    + "\(proposal.channelID.lossyText) and try again: \(error)")
        }
        let simulated: SimulatedProposal
        do {
            simulated = try simulate(proposal, simulation, channel, router)
        } catch {
            throw ContractUnavailable("error in simulation: \(error)")
        }
        let action = ChaincodeAction(
            results: simulated.result?.results ?? Bytes(), events: simulated.event?.encoded() ?? Bytes(),
            response: simulated.response, chaincodeID: ChaincodeID(name: proposal.chaincode, version: info.version))
        let payload = ProposalResponsePayload(
            proposalHash: proposal.proposalHash.bytes, extension: action.encoded()
        ).encoded()
        return try answer(simulated, payload: payload, plugin: info.endorsementPlugin, hasChannel: channel != nil)
    }

    /// A snapshot of the channel; nil for chaincodes that look at the ledger from outside.
    private func openSimulation(
        of proposal: UnpackedProposal, on channel: any EndorserChannel
    ) throws -> ChannelSimulation? {
        guard !Self.unsimulated.contains(proposal.chaincode) else { return nil }
        return try parts.openSimulation(of: proposal.transaction.id, on: channel, simulations)
    }

    private static let unsimulated: Set<Bytes> = [Bytes("qscc"), Bytes("cscc")]

    private func answer(
        _ simulated: SimulatedProposal, payload: Bytes, plugin: Bytes, hasChannel: Bool
    ) throws -> ProposalResponse {
        let interest = simulated.result?.interest.chaincodeInterest(isSystemChaincode: parts.isSystemChaincode)
        let response = simulated.response
        if response.status >= 500 {
            return ProposalResponse(response: response, payload: payload, interest: interest)
        }
        guard hasChannel, response.status < 400 else { return ProposalResponse(response: response) }
        guard plugin == EndorsementInfo.builtinPlugin else {
            let name = plugin.lossyText
            throw ContractUnavailable(
                "endorsing with plugin failed: plugin with name \(name) could not be used: "
                    + "plugin with name \(name) wasn't found")
        }
        let endorser = parts.signer.serialized
        let endorsement = Endorsement(endorser: endorser, signature: try parts.signer.sign([payload, endorser]))
        return ProposalResponse(
            version: 1, response: response, payload: payload, endorsement: endorsement, interest: interest)
    }
}

// MARK: - Simulation

/// What running a proposal led to.
struct SimulatedProposal: Sendable {
    var response: Response
    var event: ChaincodeEvent?
    /// Nil where nothing was simulated.
    var result: SimulationResult?
}

extension EndorsementJob {
    private func simulate(
        _ proposal: UnpackedProposal, _ simulation: ChannelSimulation?, _ channel: (any EndorserChannel)?,
        _ router: ContractCalls
    ) throws -> SimulatedProposal {
        let id = proposal.transaction.id
        let outcome: ContractOutcome
        do {
            outcome = try router.run(proposal, simulation)
        } catch {
            throw ContractUnavailable("failed to execute transaction \(id.lossyText): \(error)")
        }
        guard case .completed(let response, var event) = outcome else {
            guard case .failed(let reason) = outcome else { preconditionFailure("an outcome is one of two") }
            throw ContractUnavailable("transaction returned with failure: \(reason)")
        }
        event?.chaincodeID = proposal.chaincode
        event?.transactionID = id
        // The events of what failed are of no interest.
        if response.status >= 400 { event = nil }
        guard let simulation, let channel else { return SimulatedProposal(response: response, event: event) }
        let result = try simulation.finish()
        if let privateSet = result.privateSet {
            let content = try PrivateDataAssembly(mspID: parts.signer.mspID, channel: channel, simulation: simulation)
                .content(of: privateSet)
            simulation.close()
            try parts.distributor.distribute(
                content, ofTransaction: id, height: content.endorsedAt, channel: channel)
        }
        return SimulatedProposal(response: response, event: event, result: result)
    }
}

extension EndorserParts {
    func openSimulation(
        of transactionID: Bytes, on channel: any EndorserChannel, _ simulations: ProposalSimulations
    ) throws -> ChannelSimulation {
        let simulation = ChannelSimulation(
            transactionID: transactionID, configuration: channel.configuration,
            snapshot: try channel.ledger.snapshot(), blocks: channel.ledger, writeRule: configuration.writeRule,
            queryEngine: queryEngine, queryRowCountMax: configuration.queryRowCountMax)
        simulations.add(simulation)
        return simulation
    }
}
