package import FabricTypes
internal import FunctionTypes
internal import Membership
internal import Synchronization
package import TriggerCore

/// The ledger as running functions call it: as their service's identity, through a peer of its organisation like any client.
///
/// Any number of calls may be made at once, up to a bound; a call ends when its task is cancelled. What is submitted here takes
/// effect once per call: a function that is run again submits again. What must take effect once per event belongs into the
/// function's answer.
package final class LedgerCalls: Sendable {
    package struct Configuration: Sendable {
        package var causeDepthMax = 8
        /// Calls under way, of all functions; more are refused.
        package var concurrencyMax = 512
        package var evaluationTimeout = Duration.seconds(30)
        /// Endorsing, ordering and committing together.
        package var submissionTimeout = Duration.seconds(60)

        package init() {}
    }

    /// A transaction that is in the ledger.
    package struct Submitted: Hashable, Sendable {
        package var transactionID: TransactionID
        package var place: LedgerPlace
        /// What the contract answered.
        package var result: Bytes
    }

    let configuration: Configuration
    /// Which certificate each idempotency key was first used under.
    let keys: AnswerStorage?
    let newKeyCount = Atomic(0)
    private let gateways: any LedgerGateways
    let identities: any ServiceIdentities
    let now: @Sendable () -> FabricTypes.Timestamp
    private let spans: (any SpanSink)?
    private let onSubmission: @Sendable (SubmissionRecord) -> Void
    private let runningCount = Atomic(0)

    /// - Parameters:
    ///   - keys: keeps idempotency keys; without it calls that bear one are refused.
    ///   - spans: where a span of each submitted transaction goes; nil for nowhere.
    ///   - onSubmission: told of each transaction before the orderer gets it; must return at once.
    package init(
        gateways: any LedgerGateways, identities: any ServiceIdentities, keys: (any AnswerStore)? = nil,
        configuration: Configuration = Configuration(), spans: (any SpanSink)? = nil,
        now: @escaping @Sendable () -> FabricTypes.Timestamp,
        onSubmission: @escaping @Sendable (SubmissionRecord) -> Void = { _ in }
    ) {
        self.keys = keys.map { AnswerStorage(store: $0) }
        self.gateways = gateways
        self.identities = identities
        self.configuration = configuration
        self.now = now
        self.spans = spans
        self.onSubmission = onSubmission
    }

    /// The channel that a call means which names none: that of the caller's event, or its organisation's only one.
    package func channel(meantBy caller: LedgerCaller) -> String? {
        if let channel = caller.cause?.channel { return channel }
        guard let mspID = try? MSPID(validating: caller.organization.rawValue) else { return nil }
        return gateways.onlyChannel(of: mspID)?.rawValue
    }

    /// What the contract answers, without a transaction.
    package func evaluate(_ call: LedgerCall, for caller: LedgerCaller) async throws(LedgerGatewayError) -> Bytes {
        try enter()
        defer { leave() }
        let access = try await access(caller)
        let proposal = try propose(call, caller, access.identity, Self.randomNonce())
        return try await access.gateway.evaluate(
            proposal.evaluateRequest, deadline: .now + configuration.evaluationTimeout
        ).payload
    }

    /// Has a transaction endorsed, ordered and committed. It may be invalid in the ledger: see its code.
    ///
    /// - Throws: `timedOut` where it is not known what becomes of it; its id is in the message.
    package func submit(_ call: LedgerCall, for caller: LedgerCaller) async throws(LedgerGatewayError) -> Submitted {
        try mayChange(caller)
        try enter()
        defer { leave() }
        let access = try await access(caller)
        let nonce = Self.randomNonce()
        return try await send(
            try propose(call, caller, access.identity, nonce), of: call, for: caller, nonce: nonce,
            through: access.gateway)
    }

    /// - Throws: where whatever the function wants may not be.
    func mayChange(_ caller: LedgerCaller) throws(LedgerGatewayError) {
        guard caller.endorsementDepth == nil else {
            throw LedgerGatewayError(
                .refused,
                "A function that runs for an endorsement may evaluate, and submit nothing: its peers would "
                    + "answer differently. Submit from a trigger on the committed transaction instead.")
        }
        if let cause = caller.cause, cause.depth >= configuration.causeDepthMax {
            throw LedgerGatewayError(
                .refused,
                "\(cause.depth) functions in a row led to this transaction, which is all that may. The function's own "
                    + "transactions seem to trigger it: leave them out by the trigger's filter.")
        }
    }

    func send(
        _ proposal: LedgerProposal, of call: LedgerCall, for caller: LedgerCaller, nonce: Bytes,
        through gateway: any LedgerGateway
    ) async throws(LedgerGatewayError) -> Submitted {
        let deadline = ContinuousClock.now + configuration.submissionTimeout
        let startedAt = now()
        let prepared = try await gateway.endorse(proposal.endorseRequest, deadline: deadline)
        let request: SubmitRequest
        do {
            request = try proposal.submitRequest(prepared)
        } catch {
            throw LedgerGatewayError(.unavailable, "The transaction could not be signed: \(error)")
        }
        onSubmission(
            SubmissionRecord(
                requestID: caller.requestID, organization: caller.organization, channel: call.channel.rawValue,
                transactionID: proposal.transactionID.rawValue))
        try await gateway.submit(request, deadline: deadline)
        let place = try await gateway.place(waitingFor: proposal.transactionID, on: call.channel, until: deadline)
        if let spans {
            LedgerTrace.record(
                WrittenTransaction(
                    call: call, id: proposal.transactionID, place: place, organization: caller.organization.rawValue,
                    via: "call", context: decorations(caller, nonce)[LedgerTrace.traceparentName],
                    parent: caller.traceparent, startedAt: startedAt, endedAt: now()), in: spans)
        }
        guard let place else {
            throw LedgerGatewayError(
                .timedOut,
                "Transaction \(proposal.transactionID) was handed to the orderer and is not in a block yet. Ask for it "
                    + "by its id.")
        }
        return Submitted(transactionID: proposal.transactionID, place: place, result: Self.result(in: prepared))
    }

    /// Where a transaction stands; nil where it does not.
    package func place(
        of transactionID: TransactionID, on channel: ChannelID, for caller: LedgerCaller
    ) async throws(LedgerGatewayError) -> LedgerPlace? {
        try enter()
        defer { leave() }
        return try await access(caller).gateway.place(of: transactionID, on: channel)
    }

    // MARK: - Steps

    private static func randomNonce() -> Bytes {
        var generator = SystemRandomNumberGenerator()
        return Bytes((0..<ServiceSecret.nonceByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    func enter() throws(LedgerGatewayError) {
        let count = runningCount.add(1, ordering: .relaxed).newValue
        guard count <= configuration.concurrencyMax else {
            leave()
            throw LedgerGatewayError(
                .overloaded,
                "Functions have \(configuration.concurrencyMax) calls to the ledger under way, which is all this node "
                    + "takes. Try again later.")
        }
    }

    func leave() {
        runningCount.subtract(1, ordering: .relaxed)
    }

    private func access(
        _ caller: LedgerCaller
    ) async throws(LedgerGatewayError) -> (gateway: any LedgerGateway, identity: ServiceIdentity) {
        let identity: ServiceIdentity
        do {
            identity = try await identities.identity(of: caller.service, caller.organization)
        } catch {
            throw LedgerGatewayError(
                .unavailable,
                "Service \"\(caller.service)\" of \(caller.organization) has no identity on the ledger: \(error)")
        }
        return (try gateway(of: identity, caller), identity)
    }

    func gateway(
        of identity: ServiceIdentity, _ caller: LedgerCaller
    ) throws(LedgerGatewayError) -> any LedgerGateway {
        guard let gateway = gateways.gateway(of: identity.signer.mspID) else {
            throw LedgerGatewayError(
                .notFound,
                "This node has no peer of \(caller.organization), through which its functions reach the ledger.")
        }
        return gateway
    }

    func propose(
        _ call: LedgerCall, _ caller: LedgerCaller, _ identity: ServiceIdentity, _ nonce: Bytes
    ) throws(LedgerGatewayError) -> LedgerProposal {
        do {
            return try LedgerProposal(
                call, by: identity.signer, nonce: nonce, decorations: decorations(caller, nonce), now: now())
        } catch {
            throw LedgerGatewayError(.unavailable, "The proposal could not be signed: \(error)")
        }
    }

    /// The same for the same nonce.
    private func decorations(_ caller: LedgerCaller, _ nonce: Bytes) -> [Bytes: Bytes] {
        let cause = caller.cause.map {
            TransactionCause(depth: $0.depth + 1, triggerID: $0.triggerID, eventID: $0.eventID)
        }
        var decorations = LedgerTrace.decorations(
            cause: cause, traceparent: caller.traceparent, transactionID: caller.cause?.transactionID ?? "",
            span: [caller.requestID, nonce.hex])
        if let depth = caller.endorsementDepth { decorations[EndorsementDepth.name] = Bytes("\(depth)") }
        return decorations
    }

    /// What the contract answered, as it was endorsed.
    static func result(in prepared: Envelope) -> Bytes {
        guard let payload = try? Payload(decoding: prepared.payload),
            let transaction = try? Transaction(decoding: payload.data), let action = transaction.actions.first,
            let endorsed = try? ChaincodeActionPayload(decoding: action.payload).action,
            let response = try? ProposalResponsePayload(decoding: endorsed.proposalResponsePayload),
            let chaincodeAction = try? ChaincodeAction(decoding: response.extension)
        else { return Bytes() }
        return chaincodeAction.response?.payload ?? Bytes()
    }
}
