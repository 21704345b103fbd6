package import FabricTypes

/// Walks over the changes of one public key, newest first.
///
/// The index names the transactions, the blocks tell what they wrote. Nothing of it is recorded in a read-write set.
/// Source: Fabric's `history.QueryExecutor`.
package struct KeyHistory: Sendable {
    private let namespace: Bytes
    private let key: Bytes
    private let reader: any HistoryReader
    private let blocks: any BlockStore

    /// Transactions still to be looked up, newest first, behind `index`.
    private var versions: [Version] = []
    private var index = 0
    private var isAtEnd = false
    /// The last block looked into: one block often holds several changes.
    private var block: Block?

    package init(of key: Bytes, in namespace: Bytes, reader: any HistoryReader, blocks: any BlockStore) {
        self.namespace = namespace
        self.key = key
        self.reader = reader
        self.blocks = blocks
    }

    /// The next older change, nil behind the first one.
    ///
    /// - Throws: ``LedgerStoreError`` where index and blocks contradict each other; the stores' errors.
    package mutating func next() throws -> KeyModification? {
        if index == versions.count, !isAtEnd {
            let countMax = QueryBatches<KeyModification>.rowCountMax + 1
            versions = try reader.writers(of: key, in: namespace, before: versions.last, countMax: countMax)
            index = 0
            isAtEnd = versions.count < countMax
        }
        guard index < versions.count else { return nil }
        let version = versions[index]
        index += 1
        return try modification(at: version)
    }

    private mutating func modification(at version: Version) throws -> KeyModification {
        do {
            let entries = try block(version.blockNumber).data.entries
            guard version.transactionIndex < UInt64(entries.count) else { throw contradiction(version) }
            let payload = try Payload(decoding: Envelope(decoding: entries[Int(version.transactionIndex)]).payload)
            let header = try ChannelHeader(decoding: payload.header?.channelHeader ?? Bytes())
            guard let write = try write(in: payload) else { throw contradiction(version) }
            return KeyModification(
                transactionID: header.transactionID, value: write.value, timestamp: header.timestamp,
                isDelete: write.deletes)
        } catch let error as WireError {
            throw contradiction(version, cause: error)
        }
    }

    private mutating func block(_ number: BlockNumber) throws -> Block {
        if let block, block.number == number { return block }
        guard let bytes = try blocks.block(number) else {
            throw LedgerStoreError(.failed, "History names block \(number), which the ledger does not have.")
        }
        let block = try Block(decoding: bytes)
        self.block = block
        return block
    }

    /// The first write of the key: where a set writes it twice, Fabric's history shows that one.
    private func write(in payload: Payload) throws -> KVWrite? {
        guard let action = try Transaction(decoding: payload.data).actions.first else { return nil }
        let endorsed = try ChaincodeActionPayload(decoding: action.payload).action
        let response = try ProposalResponsePayload(decoding: endorsed?.proposalResponsePayload ?? Bytes())
        let results = try ChaincodeAction(decoding: response.extension).results
        let sets = try TxReadWriteSet(decoding: results).namespaces
        guard let set = sets.first(where: { $0.namespace == namespace }) else { return nil }
        return try KVRWSet(decoding: set.readWriteSet).writes.first { $0.key == key }
    }

    private func contradiction(_ version: Version, cause: (any Error)? = nil) -> LedgerStoreError {
        LedgerStoreError(
            .failed,
            "History names transaction \(version.transactionIndex) of block \(version.blockNumber) as a writer of key "
                + "\"\(key.lossyText)\" of \"\(namespace.lossyText)\", but the block does not hold that write. "
                + "The ledger's database has to be rebuilt from its blocks.", cause: cause)
    }
}
