package import FabricTypes
package import LedgerCore

/// Blocks that write many keys, for measuring: each value a small JSON document.
package enum WideLedger {
    package static let namespace = Bytes("wide")

    package static func key(_ number: Int) -> Bytes {
        let digits = String(number)
        return Bytes("key-" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits)
    }

    package static func genesis(for ledger: some LedgerStore) throws -> BlockCommit {
        try MadeLedger.commit([ReadWriteSet()], for: ledger)
    }

    /// The next block: writes to these keys, so many a transaction.
    package static func commit(
        for ledger: some LedgerStore, keys: [Int], keysPerTransaction: Int
    ) throws -> BlockCommit {
        let sets = stride(from: 0, to: keys.count, by: keysPerTransaction).map { start in
            var namespace = NamespaceReadWriteSet(namespace: namespace)
            for key in Set(keys[start..<min(start + keysPerTransaction, keys.count)]).sorted() {
                let value = Bytes("{\"n\":\(key),\"owner\":\"o\(key % 100)\",\"in\":\(ledger.height)}")
                namespace.publicSet.writes.append(KVWrite(key: Self.key(key), value: value))
            }
            return ReadWriteSet(namespaces: [namespace])
        }
        return try MadeLedger.commit(sets, for: ledger)
    }
}
