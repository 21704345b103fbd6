package import FabricTypes
internal import Synchronization

/// Private data of transactions that are endorsed and not yet in a block.
///
/// A transaction may have several entries: each simulation of its proposal leaves one. Concurrency: any thread. Calls block.
/// Source: Fabric's `transientstore`.
package protocol TransientStore: Sendable {
    /// Keeps an encoded `transientstore.TxPvtReadWriteSetWithConfigInfo`. Durable when it returns.
    ///
    /// - Parameter height: the ledger's height when the transaction was simulated.
    func keep(_ content: Bytes, ofTransaction id: Bytes, height: BlockNumber) throws

    /// What is kept of a transaction, oldest first.
    func contents(ofTransaction id: Bytes) throws -> [TransientEntry]

    /// Forgets transactions whose fate is in the ledger.
    func forget(transactions ids: [Bytes]) throws

    /// Forgets what was simulated below a height: transactions that never came.
    func forget(below height: BlockNumber) throws

    /// The lowest height of anything kept; nil where nothing is.
    func lowestHeight() throws -> BlockNumber?
}

package struct TransientEntry: Hashable, Sendable {
    package let content: Bytes
    package let height: BlockNumber

    package init(content: Bytes, height: BlockNumber) {
        self.content = content
        self.height = height
    }
}

/// Keeps private data of transactions under way in memory.
package final class InMemoryTransientStore: TransientStore {
    private let entries = Mutex<[Bytes: [TransientEntry]]>([:])

    package init() {}

    package func keep(_ content: Bytes, ofTransaction id: Bytes, height: BlockNumber) {
        entries.withLock { $0[id, default: []].append(TransientEntry(content: content, height: height)) }
    }

    package func contents(ofTransaction id: Bytes) -> [TransientEntry] {
        entries.withLock { $0[id] ?? [] }
    }

    package func forget(transactions ids: [Bytes]) {
        entries.withLock { entries in
            for id in ids { entries[id] = nil }
        }
    }

    package func forget(below height: BlockNumber) {
        entries.withLock { entries in
            entries = entries.mapValues { $0.filter { $0.height >= height } }.filter { !$0.value.isEmpty }
        }
    }

    package func lowestHeight() -> BlockNumber? {
        entries.withLock { $0.values.joined().map(\.height).min() }
    }
}
