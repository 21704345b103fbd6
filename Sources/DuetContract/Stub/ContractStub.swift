internal import FabricTypes

/// A contract's door to the ledger, for one call.
///
/// Offers what Fabric's shim offers, under its names. Reads see the state before the transaction, never its own writes.
/// Everything that reads or writes throws ``ContractError``, also when the call has taken longer than it may. Use it from
/// the method it was given to, on that thread, and do not keep it.
public final class ContractStub {
    /// The contract's name in the channel's definition.
    public let contractName: String
    public let channelID: String
    public let transactionID: String
    /// As the client sent them: any bytes.
    public let arguments: [Bytes]
    /// The client's encoded `SerializedIdentity`. ``caller()`` reads it.
    public let creator: Bytes
    /// A hash that ties the transaction to its creator.
    public let binding: Bytes
    /// When the client says it made the proposal: the same on every endorser.
    public let timestamp: TransactionTime?
    /// Values for this call alone: they stand in no block.
    public let transient: [String: Bytes]
    /// Notes that the peer added.
    public let decorations: [String: Bytes]
    /// The encoded `SignedProposal`.
    public let signedProposal: Bytes

    let backend: any StubBackend
    /// Where writes gather between ``startWriteBatch()`` and ``finishWriteBatch()``.
    var writeBatch: WriteBatch?
    private(set) var event: (name: String, payload: Bytes)?
    var schedule = ScheduledFunctions()

    package init(_ call: StubCall, backend: any StubBackend) {
        contractName = call.contract
        channelID = call.channelID
        transactionID = call.transactionID
        arguments = call.arguments
        creator = call.creator
        binding = call.binding
        timestamp = call.timestamp.map { TransactionTime(seconds: $0.seconds, nanoseconds: $0.nanoseconds) }
        func texts(_ map: [Bytes: Bytes]) -> [String: Bytes] {
            // The wire allows only UTF-8 for names.
            Dictionary(map.map { ($0.key.lossyText, $0.value) }) { _, last in last }
        }
        transient = texts(call.transientMap)
        decorations = texts(call.decorations)
        signedProposal = call.signedProposal
        self.backend = backend
    }

    /// The first argument as text: by custom the method's name. Empty without arguments.
    public var function: String { arguments.first?.lossyText ?? "" }

    /// The arguments behind the first.
    public var parameters: [Bytes] { Array(arguments.dropFirst()) }

    /// Who called.
    ///
    /// - Throws: ``ContractError`` where the creator cannot be read.
    public func caller() throws(ContractError) -> CallerIdentity {
        try CallerIdentity(creator)
    }

    /// Has an event announced if the transaction commits as valid. A transaction has one event: the last one counts.
    public func setEvent(_ name: String, _ payload: Bytes = Bytes()) throws(ContractError) {
        guard !name.isEmpty else { throw ContractError("event name can not be empty string") }
        event = (name, payload)
    }

    /// Calls another contract; what it writes belongs to this transaction.
    ///
    /// - Parameter channel: another channel of the peer, on which nothing can be written; nil for this one.
    /// - Returns: what it answered. A call that could not be made is an answer with status 500 and the reason as payload,
    ///   as with Fabric's shim.
    public func invokeContract(_ name: String, _ arguments: [Bytes], channel: String? = nil) -> ContractResponse {
        let target = channel.map { $0.isEmpty ? name : "\(name)/\($0)" } ?? name
        return backend.invoke(Bytes(target), arguments: arguments)
    }
}

/// A point in time as a client gave it.
public struct TransactionTime: Hashable, Sendable {
    /// Since 1970-01-01 00:00 UTC.
    public let seconds: Int64
    public let nanoseconds: Int32

    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

extension ContractStub {
    /// The event as it goes to the peer.
    package var chaincodeEvent: ChaincodeEvent? {
        event.map {
            ChaincodeEvent(
                chaincodeID: Bytes(), transactionID: Bytes(), eventName: Bytes($0.name), payload: $0.payload)
        }
    }

    /// Runs a contract's call to its end, the last write batch included.
    ///
    /// - Parameter body: the contract's part.
    package func complete(_ body: (ContractStub) throws -> ContractResponse) -> Result<ContractResponse, ContractError>
    {
        let response: ContractResponse
        do {
            response = try body(self)
        } catch let error as ContractError {
            response = error.response
        } catch {
            response = .failure("\(error)")
        }
        return Result { () throws(ContractError) in
            try finishWriteBatch()
            return response
        }
    }
}
