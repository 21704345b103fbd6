package import FabricTypes
package import LedgerCore

/// A chaincode that is part of the peer: `_lifecycle`, `qscc`, `cscc`.
///
/// It checks its callers' rights itself. Its state, if any, is reached through the invocation's context.
package protocol SystemChaincode: Sendable {
    var name: Bytes { get }

    /// Answers one call. Failures are answers with status 500.
    ///
    /// Runs on a thread for blocking work: reading blocks or state in here is fine.
    func invoke(_ invocation: SystemInvocation) async -> Response
}

/// One call of a system chaincode.
package struct SystemInvocation: Sendable {
    package let arguments: [Bytes]
    /// The proposal in which the call happens; its `channelID` is the channel of the call, empty for none. Its `chaincode`
    /// differs from the system chaincode's own name where another chaincode calls.
    package let transaction: ProposedTransaction
    /// The state under the chaincode's own name; nil for calls without a channel and for `qscc` and `cscc`, which are never
    /// simulated.
    package let context: ContractContext?

    package init(arguments: [Bytes], transaction: ProposedTransaction, context: ContractContext?) {
        self.arguments = arguments
        self.transaction = transaction
        self.context = context
    }
}

extension Response {
    /// As Fabric's shim answers `Success`.
    package static func success(_ payload: Bytes = Bytes()) -> Response {
        Response(status: 200, payload: payload)
    }

    /// As Fabric's shim answers `Error`.
    package static func failure(_ message: String) -> Response {
        Response(status: 500, message: Bytes(message))
    }
}
