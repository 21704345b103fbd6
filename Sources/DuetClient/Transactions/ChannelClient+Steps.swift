public import FabricTypes

// The steps of a transaction one by one: for those who sign elsewhere, or do something in between.

extension ChannelClient {
    /// A call to a contract, not signed yet.
    ///
    /// - Parameter arguments: the first one names the contract's function.
    public func proposal(
        to contract: String, _ arguments: [Bytes], context: CallContext = CallContext()
    ) -> ClientProposal {
        ClientProposal(
            channel: id, contract: contract, arguments: arguments, context: context,
            creator: client.identity.serialized, nonce: client.environment.nonce(), timestamp: client.environment.now())
    }

    /// Has a peer answer a signed call, without a transaction.
    ///
    /// - Throws: ``ClientError`` with phase `evaluate`.
    public func evaluate(_ proposal: ClientProposal) async throws -> Bytes {
        let response: EvaluateResponse = try await client.call(
            .evaluate, proposal.evaluateRequest, phase: .evaluate, timeout: client.settings.evaluateTimeout,
            transactionID: proposal.transactionID)
        return response.result?.payload ?? Bytes()
    }

    /// Has peers endorse a signed call.
    ///
    /// - Throws: ``ClientError`` with phase `endorse`.
    public func endorse(_ proposal: ClientProposal) async throws -> ClientTransaction {
        let response: EndorseResponse = try await client.call(
            .endorse, proposal.request, phase: .endorse, timeout: client.settings.endorseTimeout,
            transactionID: proposal.transactionID)
        return try ClientTransaction(response, for: proposal)
    }

    /// Hands a signed transaction to the orderers. On return it is on its way; whether it counts the ledger decides.
    ///
    /// - Throws: ``ClientError`` with phase `submit`.
    public func submit(_ transaction: ClientTransaction) async throws {
        let _: SubmitResponse = try await client.call(
            .submit, transaction.request, phase: .submit, timeout: client.settings.submitTimeout,
            transactionID: transaction.transactionID)
    }

    /// A question what became of a transaction, not signed yet.
    public func commitQuery(_ transactionID: TransactionID) -> CommitQuery {
        CommitQuery(transactionID, on: id, identity: client.identity.serialized)
    }

    /// Waits until the transaction stands in the ledger.
    ///
    /// - Throws: ``ClientError`` with phase `commit status`.
    public func commitStatus(_ query: CommitQuery) async throws -> CommitStatus {
        let response: CommitStatusResponse = try await client.call(
            .commitStatus, query.request, phase: .commitStatus, timeout: client.settings.commitStatusTimeout,
            transactionID: query.transactionID)
        guard let code = response.result else {
            throw ClientError(
                .commitStatus, .internalError,
                "The gateway answered with validation code \(response.resultNumber), "
                    + "which is none.", transactionID: query.transactionID)
        }
        return CommitStatus(transactionID: query.transactionID, code: code, blockNumber: response.blockNumber)
    }

    /// Waits until the transaction stands in the ledger; signs with the client's own key.
    public func commitStatus(of transactionID: TransactionID) async throws -> CommitStatus {
        let query = commitQuery(transactionID)
        return try await commitStatus(query.signed(client.identity.sign(query.messageToSign)))
    }
}
