package import FabricTypes

/// Why a peer does not do what a contract asks of it, in the words that Fabric's peers send to chaincodes.
///
/// A contract may catch it and go on, as it may behind the shim.
package struct ContractCallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Complete: the request's kind, the transaction and the reason.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}

/// What a contract asks of its peer, by the names of Fabric's shim protocol.
enum ContractRequest: String, Sendable {
    case getState = "GET_STATE"
    case getStateMultiple = "GET_STATE_MULTIPLE"
    case putState = "PUT_STATE"
    case deleteState = "DEL_STATE"
    case purgePrivateData = "PURGE_PRIVATE_DATA"
    case getStateMetadata = "GET_STATE_METADATA"
    case putStateMetadata = "PUT_STATE_METADATA"
    case getPrivateDataHash = "GET_PRIVATE_DATA_HASH"
    case getStateByRange = "GET_STATE_BY_RANGE"
    case getQueryResult = "GET_QUERY_RESULT"
    case getHistoryForKey = "GET_HISTORY_FOR_KEY"
    case queryStateNext = "QUERY_STATE_NEXT"
    case writeBatchState = "WRITE_BATCH_STATE"
    case invokeChaincode = "INVOKE_CHAINCODE"
}

/// A reason of the peer's own, before the request's kind is put in front.
struct ContractRefusal: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
