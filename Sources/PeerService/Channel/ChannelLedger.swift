package import FabricTypes
package import LedgerCore
internal import Synchronization

/// What a peer keeps of one channel.
package struct ChannelLedger: Sendable {
    package let store: any LedgerStore
    package let transientStore: any TransientStore
    /// Of a ledger that was started from a snapshot: the hash of the block before its first one.
    package let originBlockHash: Digest?
    /// Nil where the store keeps no indexes.
    package let indexing: (any QueryIndexing)?
    /// Gives the store's files back. Called once, when the channel is done.
    package let close: @Sendable () -> Void

    package init(
        store: any LedgerStore, transientStore: any TransientStore, originBlockHash: Digest? = nil,
        indexing: (any QueryIndexing)? = nil, close: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.transientStore = transientStore
        self.originBlockHash = originBlockHash
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
