package import FabricTypes
package import LedgerCore
internal import Synchronization

/// One transaction's private writes to one collection, by what the block says of them.
package struct PrivateSetRequest: Hashable, Sendable {
    package let transactionID: Bytes
    package let blockNumber: BlockNumber
    package let transactionIndex: Int
    package let collection: CollectionID
    /// SHA-256 of the encoded private `KVRWSet`.
    package let hash: Bytes

    package init(
        transactionID: Bytes, blockNumber: BlockNumber, transactionIndex: Int, collection: CollectionID, hash: Bytes
    ) {
        self.transactionID = transactionID
        self.blockNumber = blockNumber
        self.transactionIndex = transactionIndex
        self.collection = collection
        self.hash = hash
    }
}

/// A peer of a channel as the others hand it private data and ask it for some.
///
/// Calls block. Nobody is trusted: data is used only if its hash is right, and given only to members.
package protocol PrivateDataPeer: AnyObject, Sendable {
    /// The peer's encoded `SerializedIdentity`.
    var identity: Bytes { get }

    /// Takes private writes of a transaction that somebody else simulated, to wait for their block. Durable when it
    /// returns.
    ///
    /// - Parameter content: an encoded `transientstore.TxPvtReadWriteSetWithConfigInfo`.
    func keep(_ content: Bytes, ofTransaction id: Bytes, simulatedAt height: BlockNumber) throws

    /// The encoded private `KVRWSet`s asked for; nil for what this peer lacks or the requester may not have.
    func privateSets(_ requests: [PrivateSetRequest], for requester: Bytes) throws -> [Bytes?]
}

/// The peers of one process, by channel, that hand each other private data directly.
///
/// Safe to use from any thread.
package final class PrivateDataExchange: Sendable {
    private struct Member: Sendable {
        // Weak, so that a channel that is gone is not kept.
        weak let peer: (any PrivateDataPeer)?
    }

    private let members = Mutex<[ChannelID: [Member]]>([:])

    package init() {}

    func add(_ peer: any PrivateDataPeer, to channel: ChannelID) {
        members.withLock { members in
            members[channel, default: []].removeAll { $0.peer == nil }
            members[channel, default: []].append(Member(peer: peer))
        }
    }

    func remove(_ peer: any PrivateDataPeer, from channel: ChannelID) {
        members.withLock { members in
            members[channel]?.removeAll { $0.peer == nil || $0.peer === peer }
        }
    }

    /// The other peers of a channel, in the order in which they joined.
    func others(than peer: any PrivateDataPeer, on channel: ChannelID) -> [any PrivateDataPeer] {
        members.withLock { $0[channel]?.compactMap(\.peer).filter { $0 !== peer } ?? [] }
    }
}
