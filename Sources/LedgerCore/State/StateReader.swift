package import FabricTypes

/// Reads the state of one channel as it is after some block.
///
/// There are three spaces, addressed separately: *public* values by namespace and key, *hashed* values of private
/// collections by collection and the SHA-256 of the key, which every peer has, and *private* values by collection and key,
/// which only members have. Namespaces, collections and keys are raw bytes; order is bytewise.
///
/// Ranges are read in chunks: each call stands for itself, so that nothing is left open between two of them. Read the next
/// chunk from ``KeyRange/after(_:)`` of the last key.
///
/// Concurrency: any thread may call; an implementation that can serve one call at a time lets the others wait. Calls block,
/// so they belong on a contract or storage thread. All calls of one reader see the same state.
///
/// Errors: whatever the store throws means that it could not do its part, never that a key is missing; do not retry on the
/// same reader.
package protocol StateReader: Sendable {
    /// Number of blocks whose effects are visible.
    var height: BlockNumber { get }

    /// The value under a public key; nil where there is none.
    func value(of key: Bytes, in namespace: Bytes) throws -> StateValue?

    /// The version of a public key, without reading its value.
    func version(of key: Bytes, in namespace: Bytes) throws -> Version?

    /// The encoded metadata of a public key, without reading its value; nil where the key is missing or has none.
    func metadata(of key: Bytes, in namespace: Bytes) throws -> Bytes?

    /// The first rows of a range, ascending; fewer than `countMax` only at the range's end.
    func rows(in range: KeyRange, of namespace: Bytes, countMax: Int) throws -> [StateRow]

    /// The same without reading values.
    func versions(in range: KeyRange, of namespace: Bytes, countMax: Int) throws -> [KeyVersion]

    /// The value hash under the hash of a private key; nil where there is none.
    func hashedValue(of keyHash: Bytes, in collection: CollectionID) throws -> StateValue?

    /// The version of a private key as all peers see it.
    func hashedVersion(of keyHash: Bytes, in collection: CollectionID) throws -> Version?

    /// The encoded metadata of a private key; nil where the key is missing or has none.
    func hashedMetadata(of keyHash: Bytes, in collection: CollectionID) throws -> Bytes?

    /// The private value itself, if this peer holds it. It may be older than the hashed one where data is missing: compare
    /// the versions.
    func privateValue(of key: Bytes, in collection: CollectionID) throws -> StateValue?

    /// The first private rows of a range, ascending; fewer than `countMax` only at the range's end.
    func privateRows(in range: KeyRange, of collection: CollectionID, countMax: Int) throws -> [StateRow]

    /// The private keys scheduled to expire with a block, in any order. See ``ExpiryEntry``.
    func expiries(at block: BlockNumber) throws -> [ExpiryEntry]
}

/// Tells which transactions wrote a key.
///
/// Concurrency and errors as for ``StateReader``.
package protocol HistoryReader: Sendable {
    /// The valid transactions that wrote or deleted a public key, newest first, beginning below `before` where that is
    /// given; fewer than `countMax` only at the end.
    func writers(of key: Bytes, in namespace: Bytes, before: Version?, countMax: Int) throws -> [Version]
}

/// State and history of one channel, frozen at one height, for as long as it is kept.
///
/// A store may have few of them to give; ``close()`` returns it early. Dropping the last reference closes too.
package protocol LedgerSnapshot: StateReader, HistoryReader {
    /// Gives the snapshot back. Afterwards every read throws. May be called more than once, from any thread.
    func close()
}
