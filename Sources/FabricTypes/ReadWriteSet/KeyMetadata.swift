/// A key's metadata as the state keeps it: named values, of which Fabric knows one, the key-level endorsement policy.
///
/// Its encoding is what `StateValue.metadata` holds. Source: Fabric's `statemetadata.Serialize`, a `kvrwset.KVMetadataWrite`
/// without its key.
package struct KeyMetadata: Hashable, Sendable {
    /// The name of a key's endorsement policy, an encoded `SignaturePolicyEnvelope`.
    package static let validationParameterName = Bytes("VALIDATION_PARAMETER")

    package let entries: [KVMetadataEntry]

    /// Nil where there are no entries: such a key has no metadata.
    package init?(_ entries: [KVMetadataEntry]) {
        guard !entries.isEmpty else { return nil }
        self.entries = entries
    }

    /// Reads stored metadata; nil for empty bytes.
    package init?(decoding bytes: Bytes) throws(WireError) {
        guard !bytes.isEmpty else { return nil }
        self.init(try KVMetadataWrite(decoding: bytes).entries)
    }

    package var encoded: Bytes {
        KVMetadataWrite(key: Bytes(), entries: entries).encoded()
    }

    /// The value under a name; where a name occurs twice the last one counts, as in Go's map.
    package subscript(name: Bytes) -> Bytes? {
        entries.last { $0.name == name }?.value
    }

    /// The key's endorsement policy. Present but empty means that the policy was removed.
    package var validationParameter: Bytes? {
        self[Self.validationParameterName]
    }
}
