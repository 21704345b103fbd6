package import FabricTypes

/// What one block changes in the state: per key the last valid write, nothing twice.
package struct StateUpdates: Sendable {
    /// By namespace. The channel's configuration is stored under the empty one.
    package internal(set) var publicState: [Bytes: KeyUpdates] = [:]
    /// Hashes of private keys and values, by collection.
    package internal(set) var hashedState: [CollectionID: KeyUpdates] = [:]
    /// Private values that this peer holds, by collection.
    package internal(set) var privateState: [CollectionID: KeyUpdates] = [:]
    /// Private keys that the block purges: beyond their deletion above, every private write of such a key up to its version
    /// (included) is to be erased wherever private write sets are kept, and so is an older private value. A key may occur
    /// twice.
    package internal(set) var purges: [PurgedKey] = []
    /// Private keys written by this block that expire later. The entries for this block itself are settled with it and can
    /// be forgotten.
    package internal(set) var expiries: [ExpiryEntry] = []

    package init() {}
}

/// A private key whose past is to be erased.
package struct PurgedKey: Hashable, Sendable {
    package let collection: CollectionID
    package let keyHash: Bytes
    /// The purging transaction.
    package let version: Version

    package init(collection: CollectionID, keyHash: Bytes, version: Version) {
        self.collection = collection
        self.keyHash = keyHash
        self.version = version
    }
}

/// A note that private data of one block expires with another.
package struct ExpiryEntry: Hashable, Sendable {
    /// The block with which it expires: that of the write plus the collection's blocks-to-live plus one.
    package let expiringBlock: BlockNumber
    /// The block that wrote it. A key written again later has another entry, and this one no longer counts.
    package let committingBlock: BlockNumber
    package let collection: CollectionID
    package let keyHash: Bytes
    /// The key itself where this peer got the private data.
    package let key: Bytes?

    package init(
        expiringBlock: BlockNumber, committingBlock: BlockNumber, collection: CollectionID, keyHash: Bytes, key: Bytes?
    ) {
        self.expiringBlock = expiringBlock
        self.committingBlock = committingBlock
        self.collection = collection
        self.keyHash = keyHash
        self.key = key
    }
}

/// What becomes of one key.
package struct KeyUpdate: Hashable, Sendable {
    /// Nil deletes the key.
    package let state: StateValue?
    /// The writing transaction, also of a delete.
    package let version: Version

    package static func put(_ value: Bytes, metadata: Bytes, version: Version) -> KeyUpdate {
        KeyUpdate(state: StateValue(value: value, version: version, metadata: metadata), version: version)
    }

    package static func delete(version: Version) -> KeyUpdate {
        KeyUpdate(state: nil, version: version)
    }
}

/// The updates of one namespace or collection, found by key and walked in bytewise order.
package struct KeyUpdates: Sendable {
    private var updates: [Bytes: KeyUpdate] = [:]
    /// Ascending keys; those in `unsorted` are missing.
    private var sorted: [Bytes] = []
    /// Keys added since the last sorting, so that a block that only writes sorts once.
    private var unsorted: [Bytes] = []

    package init() {}

    package var count: Int { updates.count }
    package var isEmpty: Bool { updates.isEmpty }

    package subscript(key: Bytes) -> KeyUpdate? { updates[key] }

    package mutating func set(_ key: Bytes, to update: KeyUpdate) {
        if updates.updateValue(update, forKey: key) == nil { unsorted.append(key) }
    }

    /// The keys in bytewise order.
    package var keys: [Bytes] {
        var copy = self
        return copy.sort()
    }

    /// Calls `body` for every key in bytewise order.
    package func forEach(_ body: (Bytes, KeyUpdate) throws -> Void) rethrows {
        for key in keys {
            if let update = updates[key] { try body(key, update) }
        }
    }

    /// Brings the keys in order and keeps them so, for callers that ask often.
    @discardableResult
    mutating func sort() -> [Bytes] {
        guard !unsorted.isEmpty else { return sorted }
        unsorted.sort()
        if let last = sorted.last, let first = unsorted.first, first < last {
            sorted = merged(sorted, unsorted)
        } else {
            sorted += unsorted
        }
        unsorted = []
        return sorted
    }

    private func merged(_ left: [Bytes], _ right: [Bytes]) -> [Bytes] {
        var result: [Bytes] = []
        result.reserveCapacity(left.count + right.count)
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            if left[i] < right[j] {
                result.append(left[i])
                i += 1
            } else {
                result.append(right[j])
                j += 1
            }
        }
        result += left[i...]
        result += right[j...]
        return result
    }
}
