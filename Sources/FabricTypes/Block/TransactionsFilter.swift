/// What validation said of each transaction of a block, in the block's order.
///
/// Source: Fabric's `txflags.ValidationFlags`.
package struct TransactionsFilter: Hashable, Sendable {
    package var codes: [ValidationCode]

    package init(_ codes: [ValidationCode]) {
        self.codes = codes
    }

    /// Reads a metadata slot: one code a byte.
    package init(_ bytes: Bytes) {
        self.codes = bytes.map { ValidationCode(rawValue: $0) }
    }

    package var bytes: Bytes { Bytes(codes.map(\.rawValue)) }

    package var validCount: Int { codes.count { $0.isValid } }
}

extension Block {
    /// The filter in slot 2: empty in a block that no peer has validated.
    package var transactionsFilter: TransactionsFilter {
        get { TransactionsFilter(metadata[.transactionsFilter]) }
        set { metadata[.transactionsFilter] = newValue.bytes }
    }

    /// The validating peer's commit hash in slot 4; nil where there is none, as in genesis and in orderers' blocks.
    ///
    /// - Throws: ``WireError`` if the slot holds something else.
    package func commitHash() throws(WireError) -> Digest? {
        let value = try Metadata(decoding: metadata[.commitHash]).value
        if value.isEmpty { return nil }
        guard let digest = Digest(value) else {
            throw WireError(.invalidValue, path: [Metadata.messageName, "value"], offset: 0)
        }
        return digest
    }

    package mutating func setCommitHash(_ hash: Digest) {
        metadata[.commitHash] = Metadata(value: hash.bytes).encoded()
    }
}
