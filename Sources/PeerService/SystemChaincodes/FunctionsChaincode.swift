internal import FabricTypes

/// `_functions` as clients see it: only contracts may call it, and they are answered by ``ContractCalls``.
struct FunctionsChaincode: SystemChaincode {
    let name = FunctionRequest.chaincode

    func invoke(_ invocation: SystemInvocation) async -> Response {
        Response(
            status: 403,
            message: Bytes(
                "\"_functions\" is there for contracts, which invoke it on their own channel. Clients call functions over the "
                    + "node's HTTP interface."))
    }
}
