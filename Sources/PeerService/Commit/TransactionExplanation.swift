package import FabricTypes
package import LedgerCore

/// Why a committed transaction is not valid, as far as the peer can tell.
package struct TransactionExplanation: Hashable, Sendable {
    package let position: TransactionPosition
    /// Whole sentences, for people.
    package let reason: String
    /// For read and phantom conflicts: what was read and who changed it, where that can be found.
    package let conflict: ReadConflict?
    /// For endorsement policy failures: the organisations whose endorsements would have helped; more than are needed where
    /// the policy lets choose.
    package let missingOrganizations: [MSPID]

    init(_ position: TransactionPosition, _ verdict: TransactionVerdict, note: String = "") {
        self.position = position
        switch verdict {
        case .valid:
            reason = ""
            conflict = nil
            missingOrganizations = []
        case .refused(let refusal):
            reason = refusal.reason + note
            conflict = nil
            missingOrganizations = refusal.missingOrganizations
        case .conflict(let found):
            reason = found.description + note
            conflict = found
            missingOrganizations = []
        }
    }

    init(_ position: TransactionPosition, reason: String) {
        self.position = position
        self.reason = reason
        conflict = nil
        missingOrganizations = []
    }
}

extension PeerChannel {
    /// Says why a transaction is not valid.
    ///
    /// The peer's own verdict is given while it is remembered. Later a conflict is looked up in the history of the key, and
    /// anything else is judged once more by the rules of today, which is said where they come to another answer.
    ///
    /// - Parameters:
    ///   - blockNumber: the block that holds the transaction.
    ///   - index: the transaction's place in it, from 0.
    /// - Returns: nil where there is no such transaction; an explanation without reason where it is valid.
    /// - Throws: ``PeerError``; the store's errors.
    package func explanation(
        ofBlock blockNumber: BlockNumber, transactionAt index: Int
    ) async throws -> TransactionExplanation? {
        guard let bytes = try await block(blockNumber) else { return nil }
        let block = try Block(decoding: bytes)
        let codes = block.transactionsFilter.codes
        guard codes.indices.contains(index), block.data.entries.indices.contains(index) else { return nil }
        let position = TransactionPosition(
            blockNumber: blockNumber, transactionIndex: index, code: codes[index])
        if codes[index].isValid { return TransactionExplanation(position, .valid) }
        let version = Version(blockNumber: blockNumber, transactionIndex: UInt64(index))
        if let verdict = recentVerdicts[version] { return TransactionExplanation(position, verdict) }
        let (configuration, definitions, settings) = (configuration, definitions, settings)
        return try await read { ledger in
            let snapshot = try ledger.snapshot()
            defer { snapshot.close() }
            let judge = PastJudgement(
                configuration: configuration, definitions: definitions, settings: settings, ledger: ledger)
            return try judge.explain(position, of: PreparedBlock(block), over: snapshot)
        }
    }

    /// Says why a transaction is not valid, found by the id in its header.
    ///
    /// - Returns: nil where the ledger holds none.
    package func explanation(ofTransaction id: Bytes) async throws -> TransactionExplanation? {
        guard let position = try await read({ try $0.position(ofTransaction: id) }) else { return nil }
        return try await explanation(ofBlock: position.blockNumber, transactionAt: position.transactionIndex)
    }
}
