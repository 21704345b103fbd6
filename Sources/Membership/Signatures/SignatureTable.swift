internal import FabricTypes
internal import Synchronization

/// Remembers signatures that were found good, so that each is checked once.
///
/// Only successes are kept, under the SHA-256 of everything that the check depended on: the algorithm, the public key,
/// the message's digest and the signature. The table knows nothing of identities, so neither a revocation nor a change of
/// configuration concerns it, and one table serves all channels of a node.
///
/// At the bound the older half of the entries is forgotten; what is asked for again survives. Safe to use from any thread.
package final class SignatureTable: Sendable {
    /// Some hundred blocks' worth of signatures; about 20 MB when full.
    package static let entryCountMaxDefault = 200_000

    private let entries: Mutex<BoundedCache<FabricTypes.Digest, Void>>

    package init(entryCountMax: Int = entryCountMaxDefault) {
        entries = Mutex(BoundedCache(entryCountMax: entryCountMax))
    }

    package var entryCount: Int {
        entries.withLock { $0.entryCount }
    }

    func contains(_ entry: FabricTypes.Digest) -> Bool {
        entries.withLock { $0.value(for: entry) != nil }
    }

    func insert(_ entry: FabricTypes.Digest) {
        entries.withLock { $0.insert((), for: entry) }
    }
}
