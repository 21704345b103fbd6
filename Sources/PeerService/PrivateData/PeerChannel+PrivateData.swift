package import FabricTypes
internal import LedgerCore
internal import Membership

extension PeerChannel: PrivateDataPeer {
    package var identity: Bytes { settings.signer.serialized }

    package func keep(_ content: Bytes, ofTransaction id: Bytes, simulatedAt height: BlockNumber) throws {
        try transientStore.keep(content, ofTransaction: id, height: height)
    }

    package func privateSets(_ requests: [PrivateSetRequest], for requester: Bytes) throws -> [Bytes?] {
        let snapshot = try ledger.snapshot()
        defer { snapshot.close() }
        return try privateSets(requests, for: requester, over: snapshot)
    }

    private func privateSets(
        _ requests: [PrivateSetRequest], for requester: Bytes, over snapshot: some LedgerSnapshot
    ) throws -> [Bytes?] {
        let collections = CollectionReader(definitions: definitions, reader: snapshot)
        let membership = CollectionMembership(configuration)
        return try requests.map { request in
            guard let collection = try collections.collection(request.collection),
                membership.isMember(requester, of: collection)
            else { return nil }
            let waiting = try transientStore.privateSets(ofTransaction: request.transactionID)
            if let set = waiting.lazy.compactMap({ $0.set(for: request) }).first { return set }
            // What a purge has changed no longer has the hash, so it is not given away either.
            return try ledger.privateSets(ofBlock: request.blockNumber).lazy
                .filter { $0.transactionIndex == request.transactionIndex }
                .compactMap { $0.set.set(for: request) }.first
        }
    }
}
