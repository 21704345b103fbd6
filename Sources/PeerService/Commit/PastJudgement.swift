internal import FabricTypes
internal import LedgerCore
internal import Membership

/// Finds out afterwards why a transaction was found invalid when its block was committed.
///
/// What the state was then is gone. Who wrote a public key is in its history; who wrote into a range or a private
/// collection is found in the blocks before, ``blockCountMax`` of them at most.
struct PastJudgement: Sendable {
    /// How many blocks are looked through: some hundred milliseconds' worth.
    static let blockCountMax: UInt64 = 200

    let configuration: ChannelConfiguration
    let definitions: DefinitionCache
    let settings: PeerSettings
    let ledger: any LedgerStore

    func explain(
        _ position: TransactionPosition, of block: PreparedBlock, over snapshot: some LedgerSnapshot
    ) throws -> TransactionExplanation {
        let transaction = block.transactions[position.transactionIndex]
        switch position.code {
        case .mvccReadConflict, .phantomReadConflict:
            guard let action = transaction.action,
                let conflict = try conflict(of: action.readWriteSet, at: position, over: snapshot)
            else {
                return TransactionExplanation(
                    position, reason: "Something that the transaction had read was changed before it was committed.")
            }
            return TransactionExplanation(position, .conflict(conflict))
        case .duplicateTransactionID:
            return TransactionExplanation(position, reason: try duplicate(transaction, at: position))
        default:
            return try judgeAgain(position, of: block, over: snapshot)
        }
    }

    private func duplicate(_ transaction: PreparedTransaction, at position: TransactionPosition) throws -> String {
        guard let first = try ledger.position(ofTransaction: transaction.transactionID),
            first.blockNumber != position.blockNumber || first.transactionIndex != position.transactionIndex
        else { return "An earlier transaction has the same id." }
        return "Transaction \(first.transactionIndex) of block \(first.blockNumber) has the same id."
    }

    /// Everything that does not depend on what was read is judged by the rules of today.
    private func judgeAgain(
        _ position: TransactionPosition, of block: PreparedBlock, over snapshot: some LedgerSnapshot
    ) throws -> TransactionExplanation {
        let validator = BlockValidator(
            configuration: configuration, definitions: definitions, loop: settings.loop, writeRule: settings.writeRule)
        let refusal: TransactionRefusal?
        do {
            refusal = try validator.validate(block, reader: snapshot) { _ in false }[position.transactionIndex]
        } catch is ValidationHalt {
            refusal = nil
        }
        guard let refusal, refusal.code == position.code else {
            return TransactionExplanation(
                position,
                reason:
                    "By the channel's rules of today the transaction would be judged otherwise: its configuration or "
                    + "chaincode definitions have changed since.")
        }
        return TransactionExplanation(position, .refused(refusal))
    }

    // MARK: - Conflicts

    /// The first read that was overtaken, in the order in which peers check.
    private func conflict(
        of set: ReadWriteSet, at position: TransactionPosition, over snapshot: some LedgerSnapshot
    ) throws -> ReadConflict? {
        let before = Version(
            blockNumber: position.blockNumber, transactionIndex: UInt64(position.transactionIndex))
        let past = PastWrites(ledger: ledger, before: before, blockCountMax: Self.blockCountMax)
        for namespace in set.namespaces {
            let name = namespace.namespace
            if position.code == .mvccReadConflict {
                for read in namespace.publicSet.reads {
                    guard
                        let writer = try snapshot.writers(of: read.key, in: name, before: before, countMax: 1).first,
                        writer != read.version
                    else { continue }
                    let deletes = try past.write(of: read.key, in: name, at: writer)?.deletes ?? false
                    // Deleting what was missing changed nothing, unless it happened in the same block.
                    if deletes, read.version == nil, writer.blockNumber < before.blockNumber { continue }
                    return ReadConflict(
                        read: .key(namespace: name, key: read.key), expected: read.version,
                        actual: deletes ? nil : writer, winner: writer)
                }
            } else {
                for range in namespace.publicSet.rangeQueries {
                    if let conflict = try past.conflict(of: range, in: name) { return conflict }
                }
            }
            guard position.code == .mvccReadConflict else { continue }
            for collection in namespace.collections {
                let id = CollectionID(namespace: name, collection: collection.collection)
                for read in collection.hashedSet.reads {
                    guard let (writer, deletes) = try past.lastWriter(ofPrivate: read.keyHash, in: id),
                        writer != read.version, !(deletes && read.version == nil)
                    else { continue }
                    return ReadConflict(
                        read: .privateKey(collection: id, keyHash: read.keyHash), expected: read.version,
                        actual: deletes ? nil : writer, winner: writer)
                }
            }
        }
        return nil
    }
}
