package import FabricTypes

/// A call of a contract that a caller of the JSON API asks for.
package struct ContractCall: Sendable {
    /// In whose name it is made.
    package let organization: String
    package let channel: String
    package let contract: Bytes
    /// The function's name and what it is given.
    package let arguments: [Bytes]
    /// The identity to sign with, with or without its domain; nil for the node's choice.
    package let identity: String?
    /// W3C trace context of the caller; valid.
    package let traceparent: String?

    package init(
        organization: String, channel: String, contract: Bytes, arguments: [Bytes], identity: String? = nil,
        traceparent: String? = nil
    ) {
        self.organization = organization
        self.channel = channel
        self.contract = contract
        self.arguments = arguments
        self.identity = identity
        self.traceparent = traceparent
    }
}

/// What became of a submitted call.
package struct ContractCallOutcome: Sendable {
    package let result: Bytes
    package let transactionID: Bytes
    package let blockNumber: BlockNumber
    package let code: ValidationCode

    package init(result: Bytes, transactionID: Bytes, blockNumber: BlockNumber, code: ValidationCode) {
        self.result = result
        self.transactionID = transactionID
        self.blockNumber = blockNumber
        self.code = code
    }
}

/// Calls contracts for those who have no Fabric client at hand, with identities that the node keeps.
package protocol ContractCalling: Sendable {
    /// Asks a contract, changing nothing.
    ///
    /// - Throws: `GatewayError`; ``NetworkIdentityError`` where there is no such identity.
    func evaluate(_ call: ContractCall) async throws -> Bytes

    /// Has a call endorsed, ordered and committed; returns once it is committed, valid or not.
    ///
    /// - Throws: as ``evaluate(_:)``.
    func submit(_ call: ContractCall) async throws -> ContractCallOutcome
}
