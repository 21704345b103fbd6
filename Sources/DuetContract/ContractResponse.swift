/// What a contract answers. Source: Fabric's `protos.Response`.
public struct ContractResponse: Hashable, Sendable {
    /// As HTTP's: 200 is success; from 400 on the transaction is not endorsed.
    public var status: Int32
    /// For people. Empty with success.
    public var message: String
    public var payload: Bytes

    public init(status: Int32, message: String = "", payload: Bytes = Bytes()) {
        self.status = status
        self.message = message
        self.payload = payload
    }

    /// Success, which may carry a result. Every endorser must come to the same one.
    public static func success(_ payload: Bytes = Bytes()) -> ContractResponse {
        ContractResponse(status: 200, payload: payload)
    }

    public static func failure(_ message: String) -> ContractResponse {
        ContractResponse(status: 500, message: message)
    }
}

/// Why a contract refuses a call, or why its peer does not do what it asks for.
///
/// Thrown out of a contract it becomes the response: status, message and payload.
public struct ContractError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 400 on; 500 unless said otherwise.
    public var status: Int32
    /// What the client gets to read.
    public var message: String
    public var payload: Bytes

    public init(_ message: String, status: Int32 = 500, payload: Bytes = Bytes()) {
        self.status = status
        self.message = message
        self.payload = payload
    }

    public var response: ContractResponse {
        ContractResponse(status: status, message: message, payload: payload)
    }

    public var description: String { message }
}
