package import FabricTypes

/// Why a transaction lost: something it had read is no longer as it was.
package struct ReadConflict: Hashable, Sendable {
    package enum Read: Hashable, Sendable {
        case key(namespace: Bytes, key: Bytes)
        case privateKey(collection: CollectionID, keyHash: Bytes)
        /// A range whose rows differ; `key` is the first that does, unknown where only a summary was recorded.
        case range(namespace: Bytes, range: RangeQueryInfo, key: Bytes?)
    }

    package let read: Read
    /// The version the transaction had seen; nil for a missing key or a range.
    package let expected: Version?
    /// The version now, counting this block's earlier transactions; nil for a missing key, and for a range.
    package let actual: Version?
    /// The transaction that made the difference: an earlier one of this block, or the committed one that wrote the current
    /// version. Nil where an earlier block deleted the key, which leaves no trace in the state.
    package let winner: Version?

    package init(read: Read, expected: Version?, actual: Version?, winner: Version?) {
        self.read = read
        self.expected = expected
        self.actual = actual
        self.winner = winner
    }

    package var code: ValidationCode {
        if case .range = read { .phantomReadConflict } else { .mvccReadConflict }
    }
}

extension ReadConflict: CustomStringConvertible {
    /// A sentence for people: what was read, what is there now, who changed it.
    package var description: String {
        let change = "was \(text(expected)) when it was read and is \(text(actual)) now"
        let by = winner.map { ", changed by transaction \($0.transactionIndex) of block \($0.blockNumber)" } ?? ""
        switch read {
        case .key(let namespace, let key):
            return "Key \"\(key.lossyText)\" of \"\(namespace.lossyText)\" \(change)\(by)."
        case .privateKey(let collection, let keyHash):
            return "The private key with hash \(keyHash) of collection \"\(collection.collection.lossyText)\" of "
                + "\"\(collection.namespace.lossyText)\" \(change)\(by)."
        case .range(let namespace, let range, let key):
            let end = range.isExhausted ? "up to" : "through"
            let first = key.map { ", first at key \"\($0.lossyText)\"" } ?? ""
            return "The keys of \"\(namespace.lossyText)\" from \"\(range.startKey.lossyText)\" \(end) "
                + "\"\(range.endKey.lossyText)\" are no longer those that were read\(first)\(by)."
        }
    }

    private func text(_ version: Version?) -> String {
        version.map { "at version \($0)" } ?? "missing"
    }
}
