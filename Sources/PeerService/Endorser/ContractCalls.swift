internal import FabricTypes
internal import LedgerCore
internal import Membership

/// Runs the contracts of one proposal: the one that the client called, and those that contracts call.
///
/// Source: Fabric's `chaincode.ChaincodeSupport` and `Handler.HandleInvokeChaincode`.
struct ContractCalls: ContractRouter {
    let parts: EndorserParts
    let simulations: ProposalSimulations
    /// The client's.
    let input: ChaincodeInput
    let deadline: ContinuousClock.Instant

    /// Fabric's key under which a contract's namespace remembers for which version it was initialised.
    static let initializedKey = Bytes([0x00] + Array("\u{10FFFF}initialized".utf8))

    // MARK: - The client's call

    /// - Throws: why nothing was run, or could not be run to its end.
    func run(_ proposal: UnpackedProposal, _ simulation: ChannelSimulation?) throws -> ContractOutcome {
        if let system = parts.systemChaincodes[proposal.chaincode] {
            if proposal.input.isInit { throw invalid(needsNoInit(proposal.chaincode)) }
            let context = simulation.map {
                ContractContext(
                    namespace: proposal.chaincode, transaction: proposal.transaction, simulation: $0, router: self)
            }
            return run(
                system,
                SystemInvocation(
                    arguments: proposal.input.arguments, transaction: proposal.transaction, context: context))
        }
        guard let simulation else { throw ContractUnavailable("invalid channel-less operation") }
        let (info, kind) = try check(proposal.chaincode, isInit: proposal.input.isInit, simulation)
        let context = ContractContext(
            namespace: proposal.chaincode, isInitialization: kind == .initialization,
            transaction: proposal.transaction, simulation: simulation, router: self)
        return try parts.runtime.execute(
            ContractInvocation(
                chaincode: proposal.chaincode, version: info.version, kind: kind,
                arguments: proposal.input.arguments, transaction: proposal.transaction), context: context)
    }

    private func run(_ system: any SystemChaincode, _ invocation: SystemInvocation) -> ContractOutcome {
        .completed(ThreadExecutor.run { await system.invoke(invocation) }, event: nil)
    }

    /// What the channel knows of a chaincode.
    ///
    /// - Parameter simulation: nil outside of channels.
    func info(of chaincode: Bytes, _ simulation: ChannelSimulation?) throws -> EndorsementInfo {
        if parts.isSystemChaincode(chaincode) { return .system }
        guard let simulation, let channel = parts.channels.endorserChannel(simulation.channelID) else {
            throw ContractUnavailable(
                "could not get channel config for channel '\(simulation?.channelID.lossyText ?? "")'")
        }
        return try parts.infoSource.info(of: chaincode, simulation, definitions: channel.definitions)
    }

    /// That the contract may run, and as what.
    private func check(
        _ chaincode: Bytes, isInit: Bool, _ simulation: ChannelSimulation
    ) throws -> (EndorsementInfo, ContractInvocation.Kind) {
        let info: EndorsementInfo
        do {
            info = try self.info(of: chaincode, simulation)
        } catch {
            throw invalid(
                "[channel \(simulation.channelID.lossyText)] failed to get chaincode container info for "
                    + "\(chaincode.lossyText): \(error)")
        }
        guard info.isInitRequired else {
            if isInit { throw invalid(needsNoInit(chaincode)) }
            return (info, .transaction)
        }
        let initialized = try simulation.withSimulator { try $0.value(of: Self.initializedKey, in: chaincode) }
        let isInitialized = (initialized ?? Bytes()) == info.version
        guard isInit else {
            guard isInitialized else {
                throw invalid(
                    "chaincode '\(chaincode.lossyText)' has not been initialized for this version, must call as init "
                        + "first")
            }
            return (info, .transaction)
        }
        guard !isInitialized else {
            throw invalid("chaincode '\(chaincode.lossyText)' is already initialized but called as init")
        }
        try simulation.withSimulator { try $0.put(info.version, at: Self.initializedKey, in: chaincode) }
        return (info, .initialization)
    }

    private func invalid(_ reason: String) -> ContractUnavailable {
        ContractUnavailable("invalid invocation: \(reason)")
    }

    private func needsNoInit(_ chaincode: Bytes) -> String {
        "chaincode '\(chaincode.lossyText)' does not require initialization but called as init"
    }

    // MARK: - Calls between contracts

    func call(_ call: ContractCall, from caller: ContractContext) throws -> ContractOutcome {
        if call.chaincode == FunctionRequest.chaincode {
            return .completed(try askFunction(call, from: caller), event: nil)
        }
        let isSystem = parts.isSystemChaincode(call.chaincode)
        if !isSystem {
            try parts.access.check(.chaincodeToChaincode, channelID: call.channelID, caller.transaction)
        }
        guard call.channelID != caller.channelID else {
            return try execute(call, from: caller, caller.simulation)
        }
        guard let channel = parts.channels.endorserChannel(call.channelID) else {
            throw ContractUnavailable("failed to find ledger for channel: \(call.channelID.lossyText)")
        }
        // What is read on another channel is nobody's business at commit, and what is written is dropped.
        let simulation = try parts.openSimulation(of: caller.transaction.id, on: channel, simulations)
        defer { simulation.close() }
        return try execute(call, from: caller, simulation)
    }

    private func execute(
        _ call: ContractCall, from caller: ContractContext, _ simulation: ChannelSimulation
    ) throws -> ContractOutcome {
        do {
            let running = ContractUnavailable(
                "error sending: txid: \(caller.transaction.id.lossyText)(\(simulation.channelID.lossyText)) exists")
            if let system = parts.systemChaincodes[call.chaincode] {
                guard let context = caller.callee(call.chaincode, simulation: simulation) else { throw running }
                return run(
                    system,
                    SystemInvocation(
                        arguments: call.arguments, transaction: caller.transaction, context: context))
            }
            let (info, kind) = try check(call.chaincode, isInit: false, simulation)
            guard let context = caller.callee(call.chaincode, simulation: simulation) else { throw running }
            return try parts.runtime.execute(
                ContractInvocation(
                    chaincode: call.chaincode, version: info.version, kind: kind, arguments: call.arguments,
                    transaction: caller.transaction), context: context)
        } catch {
            throw ContractUnavailable("execute failed: \(error)")
        }
    }
}

// MARK: - Calls of functions

extension ContractCalls {
    /// Waits on the contract's thread, which is replaced meanwhile: the function may evaluate contracts.
    private func askFunction(_ call: ContractCall, from caller: ContractContext) throws -> Response {
        try caller.callFunction(call) { request throws(FunctionCallError) in
            guard let functions = parts.functions else {
                throw FunctionCallError(
                    .notCallable, "Function \"\(request.function)\" was not called: this peer has no functions.")
            }
            parts.callNames.note(request)
            let question = FunctionQuestion(
                request: request, channelID: caller.channelID, transactionID: caller.transaction.id,
                contract: caller.namespace, input: input, deadline: deadline)
            let answer: Result<Bytes, FunctionCallError>
            do throws(BlockingThreadsBusy) {
                answer = try parts.threads.whileWaiting {
                    ThreadExecutor.run {
                        do throws(FunctionCallError) {
                            return .success(try await functions.answer(to: question))
                        } catch {
                            return .failure(error)
                        }
                    }
                }
            } catch {
                throw FunctionCallError(
                    .throttled,
                    "Function \"\(request.function)\" was not called: contracts wait for \(error.waitingCountMax) others, "
                        + "which is all this peer takes. Try again later.")
            }
            return try answer.get()
        }
    }
}
