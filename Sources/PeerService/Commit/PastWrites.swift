internal import FabricTypes
internal import LedgerCore

/// The writes of valid transactions before another one, newest first, read from the blocks.
struct PastWrites {
    let ledger: any LedgerStore
    let before: Version
    /// How many blocks are looked through at most.
    let blockCountMax: UInt64

    /// What a transaction wrote to a public key.
    func write(of key: Bytes, in namespace: Bytes, at version: Version) throws -> KVWrite? {
        guard let bytes = try ledger.block(version.blockNumber) else { return nil }
        let block = PreparedBlock(try Block(decoding: bytes))
        guard version.transactionIndex < UInt64(block.transactions.count) else { return nil }
        let set = block.transactions[Int(version.transactionIndex)].action?.readWriteSet
        return set?.namespaces.first { $0.namespace == namespace }?.publicSet.writes.last { $0.key == key }
    }

    /// Who last wrote a private key, and whether it was deleted.
    func lastWriter(ofPrivate keyHash: Bytes, in id: CollectionID) throws -> (version: Version, deletes: Bool)? {
        try walk(above: nil) { version, set in
            for namespace in set.namespaces where namespace.namespace == id.namespace {
                for collection in namespace.collections where collection.collection == id.collection {
                    if let write = collection.hashedSet.writes.last(where: { $0.keyHash == keyHash }) {
                        return (version, write.deletes)
                    }
                }
            }
            return nil
        }
    }

    /// The first key of a range that is no longer as it was read, and who changed it.
    func conflict(of range: RangeQueryInfo, in namespace: Bytes) throws -> ReadConflict? {
        let reads: [Bytes: Version?]
        // The state that was read is no older than its rows: what they do not outlast came as no surprise.
        var floor: Version?
        switch range.result {
        case .rawReads(let rows):
            reads = Dictionary(rows.reads.map { ($0.key, $0.version) }) { first, _ in first }
            floor = rows.reads.compactMap(\.version).max()
        case .merkleSummary:
            // Which keys were read is not recorded.
            return nil
        case nil:
            reads = [:]
        }
        var seen: Set<Bytes> = []
        var first: (key: Bytes, winner: Version)?
        _ = try walk(above: floor) { version, set -> Void? in
            for set in set.namespaces where set.namespace == namespace {
                for write in set.publicSet.writes where covers(range, write.key) && seen.insert(write.key).inserted {
                    let recorded = reads[write.key] ?? nil
                    if write.deletes ? recorded == nil : recorded == version { continue }
                    if first.map({ write.key < $0.key }) ?? true { first = (write.key, version) }
                }
            }
            return nil
        }
        return first.map {
            ReadConflict(
                read: .range(namespace: namespace, range: range, key: $0.key), expected: nil, actual: nil,
                winner: $0.winner)
        }
    }

    /// A range that was not read to its end includes the last key read.
    private func covers(_ range: RangeQueryInfo, _ key: Bytes) -> Bool {
        guard key >= range.startKey else { return false }
        if range.endKey.isEmpty { return true }
        return range.isExhausted ? key < range.endKey : key <= range.endKey
    }

    /// Goes back from transaction to transaction until `body` answers.
    private func walk<Answer>(
        above floor: Version?, _ body: (Version, ReadWriteSet) -> Answer?
    ) throws -> Answer? {
        var number = before.blockNumber
        for _ in 0..<blockCountMax {
            guard let bytes = try ledger.block(number) else { return nil }
            let block = PreparedBlock(try Block(decoding: bytes))
            let codes = block.block.transactionsFilter.codes
            for index in block.transactions.indices.reversed() {
                let version = Version(blockNumber: number, transactionIndex: UInt64(index))
                guard version < before, codes.indices.contains(index), codes[index].isValid,
                    let set = block.transactions[index].action?.readWriteSet
                else { continue }
                if let floor, version <= floor { return nil }
                if let answer = body(version, set) { return answer }
            }
            guard number > floor?.blockNumber ?? 0 else { return nil }
            number -= 1
        }
        return nil
    }
}
