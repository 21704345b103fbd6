public import FabricTypes

/// An endorsed transaction that is to be signed and submitted.
///
/// Can be stored and taken up again: ``encoded`` and ``init(decoding:)``.
public struct ClientTransaction: Hashable, Sendable {
    public let transactionID: TransactionID
    /// What the contract answered. It counts once the transaction is committed as valid.
    public let result: Bytes
    let request: SubmitRequest

    /// The bytes to sign.
    public var messageToSign: Bytes { request.preparedTransaction?.payload ?? Bytes() }
    /// Their SHA-256, for signers that take digests.
    public var digest: Digest { Digest(of: messageToSign) }
    public var isSigned: Bool { !(request.preparedTransaction?.signature.isEmpty ?? true) }

    private init(transactionID: TransactionID, result: Bytes, request: SubmitRequest) {
        self.transactionID = transactionID
        self.result = result
        self.request = request
    }

    /// Reads what a gateway prepared, and checks that it is for the channel and the transaction that were asked for.
    init(_ response: EndorseResponse, for proposal: ClientProposal) throws {
        let request = SubmitRequest(
            transactionID: proposal.request.transactionID, channelID: proposal.request.channelID,
            preparedTransaction: response.preparedTransaction)
        do {
            let result = try Self.result(in: request)
            self.init(transactionID: proposal.transactionID, result: result, request: request)
        } catch {
            throw ClientError(
                .endorse, .internalError, "The transaction that the gateway prepared cannot be used. \(error)",
                transactionID: proposal.transactionID)
        }
    }

    /// The same with the client's signature over ``messageToSign``.
    public func signed(_ signature: Bytes) -> ClientTransaction {
        var request = request
        request.preparedTransaction?.signature = signature
        return ClientTransaction(transactionID: transactionID, result: result, request: request)
    }

    /// A `gateway.SubmitRequest`.
    public var encoded: Bytes { request.encoded() }

    /// - Throws: ``ClientError`` with phase `prepare` if the bytes are none that ``encoded`` gave.
    public init(decoding bytes: Bytes) throws {
        do {
            let request = try SubmitRequest(decoding: bytes)
            self.init(
                transactionID: try TransactionID(validating: request.transactionID.lossyText),
                result: try Self.result(in: request), request: request)
        } catch {
            throw ClientError(.prepare, .invalidArgument, "The stored transaction cannot be read. \(error)")
        }
    }

    private static func result(in request: SubmitRequest) throws -> Bytes {
        let payload = try Payload(decoding: request.preparedTransaction?.payload ?? Bytes())
        let header = try ChannelHeader(decoding: payload.header?.channelHeader ?? Bytes())
        guard header.channelID == request.channelID, header.transactionID == request.transactionID else {
            throw WireError(.invalidValue, path: [ChannelHeader.messageName], offset: 0)
        }
        guard let action = try Transaction(decoding: payload.data).actions.first,
            let endorsed = try ChaincodeActionPayload(decoding: action.payload).action
        else { throw WireError(.invalidValue, path: [Transaction.messageName, "actions"], offset: 0) }
        let response = try ProposalResponsePayload(decoding: endorsed.proposalResponsePayload)
        return try ChaincodeAction(decoding: response.extension).response?.payload ?? Bytes()
    }
}

/// A question what became of a transaction, to be signed.
public struct CommitQuery: Hashable, Sendable {
    public let transactionID: TransactionID
    let request: SignedCommitStatusRequest

    /// The bytes to sign.
    public var messageToSign: Bytes { request.request }
    public var digest: Digest { Digest(of: messageToSign) }
    public var isSigned: Bool { !request.signature.isEmpty }

    init(_ transactionID: TransactionID, on channel: ChannelID, identity: Bytes) {
        self.transactionID = transactionID
        request = SignedCommitStatusRequest(
            request: CommitStatusRequest(
                transactionID: Bytes(transactionID.rawValue), channelID: Bytes(channel.rawValue), identity: identity
            ).encoded(), signature: Bytes())
    }

    private init(transactionID: TransactionID, request: SignedCommitStatusRequest) {
        self.transactionID = transactionID
        self.request = request
    }

    public func signed(_ signature: Bytes) -> CommitQuery {
        var request = request
        request.signature = signature
        return CommitQuery(transactionID: transactionID, request: request)
    }
}

/// Where a transaction stands in the ledger.
public struct CommitStatus: Hashable, Sendable {
    public let transactionID: TransactionID
    public let code: ValidationCode
    public let blockNumber: BlockNumber

    public var isValid: Bool { code.isValid }

    /// - Throws: ``ClientError`` with phase `commit` unless the transaction is valid.
    public func requireValid() throws {
        guard !isValid else { return }
        throw ClientError(
            .commit, .aborted, "The transaction was committed as invalid: \(code.name).",
            transactionID: transactionID, validationCode: code, blockNumber: blockNumber)
    }
}
