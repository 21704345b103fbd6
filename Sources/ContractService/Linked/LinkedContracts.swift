package import DuetContract
package import FabricTypes
package import LedgerCore

/// Runs the contracts that are linked into this program.
package struct LinkedContracts: ContractRuntime {
    /// Package ids of linked contracts begin so; organisations approve them like any other.
    package static let packagePrefix = "builtin:"

    private let contracts: [Bytes: LinkedContract]

    /// - Parameter contracts: each under its own name; of several with one name the first counts.
    package init(_ contracts: [LinkedContract]) {
        self.contracts = Dictionary(contracts.map { (Bytes($0.name), $0) }) { first, _ in first }
    }

    /// The package id to approve a linked contract by.
    package static func packageID(of name: String) -> String { packagePrefix + name }

    /// In the order of their names.
    package var all: [LinkedContract] {
        contracts.sorted { $0.key < $1.key }.map(\.value)
    }

    /// A linked contract is there under its name, whatever package was approved.
    package func isInstalled(chaincode: Bytes, packageID: Bytes) -> Bool {
        contracts[chaincode] != nil
    }

    package func execute(
        _ invocation: ContractInvocation, context: ContractContext
    ) throws -> ContractOutcome {
        guard let contract = contracts[invocation.chaincode] else {
            return .failed("No contract \"\(invocation.chaincode.lossyText)\" is linked into this program.")
        }
        let transaction = invocation.transaction
        let stub = ContractStub(
            StubCall(
                contract: contract.name, channelID: context.channelID.lossyText,
                transactionID: transaction.id.lossyText, arguments: invocation.arguments,
                creator: transaction.creator, binding: transaction.binding.bytes, timestamp: transaction.timestamp,
                transientMap: transaction.transientMap, decorations: invocation.decorations,
                signedProposal: transaction.signedProposal.encoded()),
            backend: ContextBackend(context: context))
        let isInitialization = invocation.kind == .initialization
        switch contract.run(stub, isInitialization: isInitialization) {
        case .failure(let error):
            return .failed(error.message)
        case .success(let response):
            // As behind the shim, an Init that fails is no answer.
            if isInitialization, response.status >= 500 { return .failed(response.message) }
            let wire = Response(
                status: response.status, message: Bytes(response.message), payload: response.payload)
            return .completed(wire, event: stub.chaincodeEvent)
        }
    }
}
