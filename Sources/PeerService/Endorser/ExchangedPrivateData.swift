package import FabricTypes
package import LedgerCore
internal import Membership

/// Keeps private data on this peer and hands it to the members' peers of the same process.
///
/// Every peer gets the collections that it may hold, no others. Source: Fabric's `gossip/privdata`.
package struct ExchangedPrivateData: PrivateDataDistributor {
    private let exchange: PrivateDataExchange
    /// This peer's channels: data is never handed to itself.
    private let peer: Peer

    package init(exchange: PrivateDataExchange, peer: Peer) {
        self.exchange = exchange
        self.peer = peer
    }

    /// - Throws: ``PrivateDataShortfall`` where a collection requires more peers than could be given the data.
    package func distribute(
        _ content: TxPvtReadWriteSetWithConfigInfo, ofTransaction id: Bytes, height: BlockNumber,
        channel: any EndorserChannel
    ) throws {
        let others = peer.channel(channel.id).map { exchange.others(than: $0, on: channel.id) } ?? []
        let membership = CollectionMembership(channel.configuration)
        try checkRequirements(of: content, others, membership)
        for other in others {
            let part = content.part { membership.isMember(other.identity, of: $0) }
            guard let part else { continue }
            try other.keep(part.encoded(), ofTransaction: id, simulatedAt: height)
        }
        try channel.transientStore.keep(content.encoded(), ofTransaction: id, height: height)
    }

    private func checkRequirements(
        of content: TxPvtReadWriteSetWithConfigInfo, _ others: [any PrivateDataPeer],
        _ membership: CollectionMembership
    ) throws {
        for collection in content.collectionConfigs.values.flatMap(\.collections)
        where collection.requiredPeerCount > 0 {
            let count = others.count { membership.isMember($0.identity, of: collection) }
            guard count >= Int(collection.requiredPeerCount) else {
                throw PrivateDataShortfall(requiredCount: Int(collection.requiredPeerCount), eligibleCount: count)
            }
        }
    }
}

/// Fewer peers than a collection requires can be given a transaction's private data. Worth a retry when more are up.
package struct PrivateDataShortfall: Error, Hashable, Sendable, CustomStringConvertible {
    package let requiredCount: Int
    package let eligibleCount: Int

    package var description: String {
        "required to disseminate to at least \(requiredCount) peers, but know of only \(eligibleCount) eligible peers"
    }
}

extension TxPvtReadWriteSetWithConfigInfo {
    /// The part that somebody may hold; nil where that is nothing.
    fileprivate func part(_ mayHold: (StaticCollectionConfig) -> Bool) -> TxPvtReadWriteSetWithConfigInfo? {
        var part = self
        part.collectionConfigs = [:]
        var namespaces: [NsPvtReadWriteSet] = []
        for namespace in privateSet?.namespaces ?? [] {
            let configs = (collectionConfigs[namespace.namespace]?.collections ?? []).filter(mayHold)
            let names = Set(configs.map(\.name))
            var held = namespace
            held.collections = namespace.collections.filter { names.contains($0.collection) }
            guard !held.collections.isEmpty else { continue }
            namespaces.append(held)
            part.collectionConfigs[namespace.namespace] = CollectionConfigPackage(configs)
        }
        part.privateSet?.namespaces = namespaces
        return namespaces.isEmpty ? nil : part
    }
}
