package import FabricTypes

/// A key that changed after a transaction, which is not in a block yet, had read it.
///
/// Such a transaction can only lose: the change is in the ledger for good.
package struct StaleRead: Hashable, Sendable {
    /// The transaction that made the change.
    package struct Winner: Hashable, Sendable {
        package let position: Version
        package let transactionID: Bytes
    }

    package let conflict: ReadConflict
    /// Nil where the ledger does not tell: a private key that was deleted.
    package let winner: Winner?

    /// Looks for the first key of a transaction's point reads whose committed version is newer than the one read. Blocks.
    ///
    /// Ranges are left to the committer. A ledger that lags behind the endorser's finds nothing.
    package static func first(in set: ReadWriteSet, ledger: some LedgerStore) throws -> StaleRead? {
        guard set.hasPointReads else { return nil }
        let snapshot = try ledger.snapshot()
        defer { snapshot.close() }
        return try first(in: set, snapshot: snapshot, blocks: ledger)
    }

    private static func first(
        in set: ReadWriteSet, snapshot: some LedgerSnapshot, blocks: some BlockStore
    ) throws -> StaleRead? {
        guard let conflict = try ReadConflictCheck(reader: snapshot).conflict(ofPointReads: set),
            conflict.isNewer(below: snapshot.height)
        else { return nil }
        return StaleRead(conflict: conflict, winner: try winner(of: conflict, snapshot: snapshot, blocks: blocks))
    }

    private static func winner(
        of conflict: ReadConflict, snapshot: some LedgerSnapshot, blocks: some BlockStore
    ) throws -> Winner? {
        var position = conflict.winner
        if position == nil, case .key(let namespace, let key) = conflict.read {
            // A deleted key has no version; its history knows who deleted it.
            position = try snapshot.writers(of: key, in: namespace, before: nil, countMax: 1).first
        }
        guard let position, let encoded = try blocks.block(position.blockNumber),
            let index = Int(exactly: position.transactionIndex),
            let envelopes = try? Block(decoding: encoded).data.entries, envelopes.indices.contains(index),
            let id = try? transactionID(of: envelopes[index])
        else { return nil }
        return Winner(position: position, transactionID: id)
    }

    private static func transactionID(of envelope: Bytes) throws -> Bytes? {
        let payload = try Payload(decoding: try Envelope(decoding: envelope).payload)
        return try payload.header.map { try ChannelHeader(decoding: $0.channelHeader).transactionID }
    }
}

extension ReadConflict {
    /// Whether the difference was made after the read, and not by blocks that are still to come here.
    fileprivate func isNewer(below height: BlockNumber) -> Bool {
        guard let expected else { return actual != nil }
        guard expected.blockNumber < height else { return false }
        return actual.map { $0 > expected } ?? true
    }
}

extension ReadWriteSet {
    fileprivate var hasPointReads: Bool {
        namespaces.contains { namespace in
            !namespace.publicSet.reads.isEmpty || namespace.collections.contains { !$0.hashedSet.reads.isEmpty }
        }
    }
}

extension StaleRead: CustomStringConvertible {
    /// A sentence for people: which key, and who changed it.
    package var description: String {
        let subject =
            switch conflict.read {
            case .key(let namespace, let key): "Key \"\(key.lossyText)\" of \"\(namespace.lossyText)\""
            case .privateKey(let collection, let keyHash):
                "The private key with hash \(keyHash) of collection \"\(collection.collection.lossyText)\" of "
                    + "\"\(collection.namespace.lossyText)\""
            case .range(let namespace, _, _): "A key of \"\(namespace.lossyText)\""
            }
        guard let winner else { return "\(subject) was changed after it had been read." }
        return "\(subject) was changed by transaction \(winner.transactionID.lossyText) in block "
            + "\(winner.position.blockNumber) after it had been read."
    }
}
