package import FabricTypes
internal import LedgerCore

/// Hands private writes of a simulated transaction to the members of their collections, as far as these are peers of this
/// process, and keeps them here.
///
/// Others of a channel get what they lack when the block comes. Source: Fabric's `gossip/privdata.distributorImpl`, whose
/// words its refusals repeat.
package struct PrivateDataDistribution: PrivateDataDistributor {
    private let peer: Peer

    package init(peer: Peer) {
        self.peer = peer
    }

    package func distribute(
        _ content: TxPvtReadWriteSetWithConfigInfo, ofTransaction id: Bytes, height: BlockNumber,
        channel: any EndorserChannel
    ) throws {
        guard let own = peer.channel(channel.id) else { throw PeerError.unknownChannel(channel.id) }
        var plan = Plan()
        let others = peer.settings.exchange.others(than: own, on: own.id)
        let membership = CollectionMembership(own.configuration)
        for namespace in content.privateSet?.namespaces ?? [] {
            guard let collections = content.collectionConfigs[namespace.namespace]?.collections else {
                throw refuse("collection config package for\(namespace.namespace.lossyText)chaincode is not provided")
            }
            for set in namespace.collections {
                guard let collection = collections.first(where: { $0.name == set.collection }) else {
                    throw refuse("no configuration for collection\(set.collection.lossyText)found")
                }
                let eligible = others.filter { membership.isMember($0.identity, of: collection) }
                guard eligible.count >= Int(collection.requiredPeerCount) else {
                    throw refuse(
                        "could not build private data dissemination plan for chaincode \(namespace.namespace.lossyText) "
                            + "and collection \(set.collection.lossyText): required to disseminate to at least "
                            + "\(collection.requiredPeerCount) peers, but know of only \(eligible.count) eligible peers"
                    )
                }
                plan.add(set, of: namespace.namespace, collection, to: eligible)
            }
        }
        try plan.carryOut(content, ofTransaction: id, height: height)
        try own.keep(content.encoded(), ofTransaction: id, simulatedAt: height)
    }

    private func refuse(_ message: String) -> PeerError { PeerError(.privateDataNotHandedOver, message) }
}

/// Who is to get what.
private struct Plan {
    private struct Parcel {
        let peer: any PrivateDataPeer
        var namespaces: [NsPvtReadWriteSet] = []
        /// Whether the transaction must not be endorsed without this peer having the data.
        var isRequired = false
    }

    private var parcels: [Parcel] = []

    /// Chooses peers: one of each organisation first, then others, up to the collection's maximum.
    mutating func add(
        _ set: CollectionPvtReadWriteSet, of namespace: Bytes, _ collection: StaticCollectionConfig,
        to eligible: [any PrivateDataPeer]
    ) {
        var seen: Set<Bytes> = []
        let (first, others) = eligible.reduce(into: ([any PrivateDataPeer](), [any PrivateDataPeer]())) { parts, peer in
            let organization = (try? SerializedIdentity(decoding: peer.identity).mspID) ?? Bytes()
            if seen.insert(organization).inserted { parts.0.append(peer) } else { parts.1.append(peer) }
        }
        let chosen = (first + others).prefix(Int(max(0, collection.maximumPeerCount)))
        for (index, peer) in chosen.enumerated() {
            let position = parcels.firstIndex { $0.peer === peer } ?? parcels.count
            if position == parcels.count { parcels.append(Parcel(peer: peer)) }
            parcels[position].isRequired = parcels[position].isRequired || index < Int(collection.requiredPeerCount)
            if let last = parcels[position].namespaces.last, last.namespace == namespace {
                parcels[position].namespaces[parcels[position].namespaces.count - 1].collections.append(set)
            } else {
                parcels[position].namespaces.append(NsPvtReadWriteSet(namespace: namespace, collections: [set]))
            }
        }
    }

    /// - Throws: where a required peer could not take its part.
    func carryOut(
        _ content: TxPvtReadWriteSetWithConfigInfo, ofTransaction id: Bytes, height: BlockNumber
    ) throws {
        var failureCount = 0
        var cause: (any Error)?
        for parcel in parcels {
            var part = content
            part.privateSet = TxPvtReadWriteSet(namespaces: parcel.namespaces)
            let names = Set(parcel.namespaces.map(\.namespace))
            part.collectionConfigs = content.collectionConfigs.filter { names.contains($0.key) }
            do {
                try parcel.peer.keep(part.encoded(), ofTransaction: id, simulatedAt: height)
            } catch {
                // One that is not required asks again when the block comes.
                guard parcel.isRequired else { continue }
                failureCount += 1
                cause = error
            }
        }
        guard failureCount == 0 else {
            throw PeerError(
                .privateDataNotHandedOver,
                "Failed disseminating \(failureCount) out of \(parcels.count) private dissemination plans", cause: cause
            )
        }
    }
}
