public import FabricTypes

/// One contract of a channel, seen by one client.
public struct ContractClient: Sendable {
    public let channel: ChannelClient
    public let name: String

    private var identity: ClientIdentity { channel.client.identity }

    // MARK: - Reading

    /// Calls a function for its answer; nothing it writes is kept.
    ///
    /// - Throws: ``ClientError`` with phase `evaluate`; its refusals hold the contract's own words.
    public func evaluate(_ function: String, _ arguments: String...) async throws -> Bytes {
        try await evaluate(function, arguments.map { Bytes($0) })
    }

    public func evaluate(
        _ function: String, _ arguments: [Bytes], context: CallContext = CallContext()
    ) async throws -> Bytes {
        let proposal = channel.proposal(to: name, [Bytes(function)] + arguments, context: context)
        return try await channel.evaluate(proposal.signed(identity.sign(proposal.messageToSign)))
    }

    // MARK: - Writing

    /// Calls a function as a transaction and waits until it is committed as valid.
    ///
    /// - Throws: ``ClientError``: with phase `commit` if the transaction is in the ledger, but invalid.
    @discardableResult
    public func submit(_ function: String, _ arguments: String...) async throws -> CommittedTransaction {
        try await submit(function, arguments.map { Bytes($0) })
    }

    /// - Parameter retry: what to do where another transaction was faster.
    @discardableResult
    public func submit(
        _ function: String, _ arguments: [Bytes], context: CallContext = CallContext(),
        retry: ConflictRetry = .none
    ) async throws -> CommittedTransaction {
        var attemptCount = 1
        while true {
            do {
                let submitted = try await submitAsync(function, arguments, context: context)
                let status = try await submitted.status()
                try status.requireValid()
                return CommittedTransaction(
                    id: submitted.id, result: submitted.result, blockNumber: status.blockNumber,
                    attemptCount: attemptCount)
            } catch let error as ClientError where error.isConflict && attemptCount < retry.attemptCountMax {
                var generator = SystemRandomNumberGenerator()
                try await channel.client.environment.sleep(
                    retry.delay(afterAttempt: attemptCount, using: &generator))
                attemptCount += 1
            }
        }
    }

    /// Calls a function as a transaction and returns once an orderer has taken it.
    ///
    /// - Throws: ``ClientError`` with phase `endorse` or `submit`.
    public func submitAsync(
        _ function: String, _ arguments: [Bytes], context: CallContext = CallContext()
    ) async throws -> SubmittedTransaction {
        let proposal = channel.proposal(to: name, [Bytes(function)] + arguments, context: context)
        let transaction = try await channel.endorse(proposal.signed(identity.sign(proposal.messageToSign)))
        try await channel.submit(transaction.signed(identity.sign(transaction.messageToSign)))
        return SubmittedTransaction(
            id: transaction.transactionID, result: transaction.result, channel: channel)
    }

    public func submitAsync(_ function: String, _ arguments: String...) async throws -> SubmittedTransaction {
        try await submitAsync(function, arguments.map { Bytes($0) })
    }
}

/// A transaction that is on its way.
public struct SubmittedTransaction: Sendable {
    public let id: TransactionID
    /// What the contract answered. It counts once the transaction is committed as valid.
    public let result: Bytes
    let channel: ChannelClient

    /// Waits until the transaction stands in the ledger, valid or not.
    ///
    /// - Throws: ``ClientError`` with phase `commit status`.
    public func status() async throws -> CommitStatus {
        try await channel.commitStatus(of: id)
    }
}

/// A transaction that stands in the ledger as valid.
public struct CommittedTransaction: Hashable, Sendable {
    public let id: TransactionID
    /// What the contract answered.
    public let result: Bytes
    public let blockNumber: BlockNumber
    /// How many proposals it took; more than 1 only with ``ConflictRetry``.
    public let attemptCount: Int
}
