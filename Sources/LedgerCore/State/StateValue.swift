package import FabricTypes

/// What the state holds under one key.
package struct StateValue: Hashable, Sendable {
    /// Never empty in committed state: writing an empty value deletes. For a hashed key the hash of the private value.
    package let value: Bytes
    /// The transaction that last wrote the key's value or metadata.
    package let version: Version
    /// Encoded ``FabricTypes/KeyMetadata``; empty without any.
    package let metadata: Bytes

    package init(value: Bytes, version: Version, metadata: Bytes = Bytes()) {
        self.value = value
        self.version = version
        self.metadata = metadata
    }
}

/// A key of a range read with what it holds.
package struct StateRow: Hashable, Sendable {
    package let key: Bytes
    package let state: StateValue

    package init(key: Bytes, state: StateValue) {
        self.key = key
        self.state = state
    }
}

/// A key of a range read with its version only: all that a conflict check needs.
package struct KeyVersion: Hashable, Sendable {
    package let key: Bytes
    package let version: Version

    package init(key: Bytes, version: Version) {
        self.key = key
        self.version = version
    }
}

/// Names a private data collection of a chaincode.
package struct CollectionID: Hashable, Sendable {
    package let namespace: Bytes
    package let collection: Bytes

    package init(namespace: Bytes, collection: Bytes) {
        self.namespace = namespace
        self.collection = collection
    }
}

extension CollectionID: Comparable {
    package static func < (left: CollectionID, right: CollectionID) -> Bool {
        left.namespace == right.namespace ? left.collection < right.collection : left.namespace < right.namespace
    }
}

/// A run of keys in bytewise order: the start belongs to it, the end does not.
package struct KeyRange: Hashable, Sendable {
    /// Empty: from the first key.
    package let start: Bytes
    /// Empty: to the last key.
    package let end: Bytes

    package init(start: Bytes, end: Bytes) {
        self.start = start
        self.end = end
    }

    package static let all = KeyRange(start: Bytes(), end: Bytes())

    package func contains(_ key: Bytes) -> Bool {
        start <= key && (end.isEmpty || key < end)
    }

    /// The part of the range behind a key: where the next chunk of a read begins.
    package func after(_ key: Bytes) -> KeyRange {
        // The smallest key that is greater is the same with a zero byte behind it.
        KeyRange(start: Bytes(key.array + [0]), end: end)
    }

    /// Whether no key can lie in the range.
    package var isEmpty: Bool { !end.isEmpty && end <= start }
}
