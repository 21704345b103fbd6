package import FabricTypes

/// A way into an organisation's channels: its peer's gateway, as any client uses it.
package protocol LedgerGateway: Sendable {
    /// What the contract answers, without a transaction.
    func evaluate(
        _ request: EvaluateRequest, deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> Response

    /// The transaction to be signed.
    func endorse(
        _ request: EndorseRequest, deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> Envelope

    /// Returns once an orderer has taken it.
    func submit(_ request: SubmitRequest, deadline: ContinuousClock.Instant) async throws(LedgerGatewayError)

    /// Where a transaction stands in the peer's ledger; nil where it does not.
    func place(of transactionID: TransactionID, on channel: ChannelID) async throws(LedgerGatewayError) -> LedgerPlace?

    /// The same, waiting for it; nil once the deadline has passed.
    func place(
        waitingFor transactionID: TransactionID, on channel: ChannelID, until deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> LedgerPlace?

    /// A transaction as it stands in the ledger; nil where it does not.
    func transaction(at place: LedgerPlace, on channel: ChannelID) async throws(LedgerGatewayError) -> Envelope?
}

/// Where a transaction stands.
package struct LedgerPlace: Hashable, Sendable {
    package var block: BlockNumber
    /// In its block.
    package var index: Int
    package var code: ValidationCode

    package init(block: BlockNumber, index: Int, code: ValidationCode) {
        self.block = block
        self.index = index
        self.code = code
    }
}

/// Gateways by organisation.
package protocol LedgerGateways: Sendable {
    /// Nil where the node has no peer of the organisation.
    func gateway(of organization: MSPID) -> (any LedgerGateway)?

    /// The channel that is meant where a call names none: the organisation's only one.
    func onlyChannel(of organization: MSPID) -> ChannelID?
}

/// Why a gateway did not do what it was asked.
package struct LedgerGatewayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller can do about it.
    package enum Code: Hashable, Sendable, CaseIterable {
        /// What was read has changed since: start over with the same call.
        case stale
        /// The contract, its channel or the orderer says no; asked again it says the same.
        case refused
        /// There is no such channel or contract.
        case notFound
        /// Too many calls at once: later.
        case overloaded
        /// The time is over. What was asked for may yet happen.
        case timedOut
        /// Those who could do it cannot be reached. What was asked for may yet happen.
        case unavailable
    }

    /// What one of the peers or orderers that were asked said.
    package struct Detail: Hashable, Sendable {
        package var address: String
        package var organization: String
        package var message: String

        package init(address: String, organization: String, message: String) {
            self.address = address
            self.organization = organization
            self.message = message
        }
    }

    package var code: Code
    package var message: String
    package var details: [Detail]

    package init(_ code: Code, _ message: String, details: [Detail] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    package var description: String {
        details.isEmpty
            ? message
            : details.map { "\($0.address) (\($0.organization)): \($0.message)" }.joined(separator: "; ")
    }
}
