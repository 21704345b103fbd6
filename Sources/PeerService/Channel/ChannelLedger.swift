package import FabricTypes
package import LedgerCore
internal import Synchronization

/// What a peer keeps of one channel.
package struct ChannelLedger: Sendable {
    /// The last block that a ledger's snapshot covers; the block itself is not there.
    package struct Origin: Hashable, Sendable {
        package let number: BlockNumber
        package let hash: Digest
        /// Of the block before it; empty where it is the genesis block.
        package let previousHash: Bytes

        package init(number: BlockNumber, hash: Digest, previousHash: Bytes) {
            self.number = number
            self.hash = hash
            self.previousHash = previousHash
        }
    }

    package let store: any LedgerStore
    package let transientStore: any TransientStore
    /// Of a ledger that was started from a snapshot.
    package let origin: Origin?
    /// Nil where the store keeps no indexes.
    package let indexing: (any QueryIndexing)?
    /// Gives the store's files back. Called once, when the channel is done.
    package let close: @Sendable () -> Void

    package init(
        store: any LedgerStore, transientStore: any TransientStore, origin: Origin? = nil,
        indexing: (any QueryIndexing)? = nil, close: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.transientStore = transientStore
        self.origin = origin
        self.indexing = indexing
        self.close = close
    }
}

/// Where a peer's ledgers are.
///
/// Calls block. Each channel is opened once at a time.
package protocol LedgerProvider: Sendable {
    /// The channels of which there is a ledger, if only an empty one.
    func channelIDs() throws -> [ChannelID]

    /// Opens a channel's ledger, creating an empty one where there is none.
    func open(_ id: ChannelID) throws -> ChannelLedger
}

/// Ledgers that end with the process.
package final class InMemoryLedgers: LedgerProvider {
    private let ledgers = Mutex<[ChannelID: ChannelLedger]>([:])

    package init() {}

    package func channelIDs() -> [ChannelID] {
        ledgers.withLock { Array($0.keys) }
    }

    package func open(_ id: ChannelID) -> ChannelLedger {
        ledgers.withLock { ledgers in
            if let ledger = ledgers[id] { return ledger }
            let ledger = ChannelLedger(store: InMemoryLedger(), transientStore: InMemoryTransientStore())
            ledgers[id] = ledger
            return ledger
        }
    }
}
