package import FabricTypes
internal import Membership

// An empty collection stands for the contract's public state, as in Fabric's messages.
extension ContractContext {
    /// The value under a key; empty where there is none.
    package func state(of key: Bytes, in collection: Bytes = Bytes()) throws(ContractCallError) -> Bytes {
        try answer(.getState) {
            guard !collection.isEmpty else {
                return try simulation.withSimulator { try $0.value(of: key, in: namespace) } ?? Bytes()
            }
            let id = try permit(.reading, collection)
            return try simulation.withSimulator { try $0.privateValue(of: key, in: id) } ?? Bytes()
        }
    }

    /// Several values at once, in the order of the keys; empty where there is none.
    package func states(of keys: [Bytes], in collection: Bytes = Bytes()) throws(ContractCallError) -> [Bytes] {
        try answer(.getStateMultiple) {
            guard !collection.isEmpty else {
                return try simulation.withSimulator { try $0.values(of: keys, in: namespace) }.map { $0 ?? Bytes() }
            }
            let id = try permit(.reading, collection)
            return try simulation.withSimulator { try $0.privateValues(of: keys, in: id) }.map { $0 ?? Bytes() }
        }
    }

    /// The hash of a private value, which also those may know who may not read it; empty where there is none.
    package func privateDataHash(of key: Bytes, in collection: Bytes) throws(ContractCallError) -> Bytes {
        try answer(.getPrivateDataHash) {
            try refuseDuringInitialization()
            let id = CollectionID(namespace: namespace, collection: collection)
            return try simulation.withSimulator { try $0.privateValueHash(of: key, in: id) } ?? Bytes()
        }
    }

    package func metadata(
        of key: Bytes, in collection: Bytes = Bytes()
    ) throws(ContractCallError) -> [KVMetadataEntry] {
        try answer(.getStateMetadata) {
            try checkKeyPoliciesAreAllowed()
            guard !collection.isEmpty else {
                return try simulation.withSimulator { try $0.metadata(of: key, in: namespace) }
            }
            let id = try permit(.reading, collection)
            return try simulation.withSimulator { try $0.privateMetadata(of: key, in: id) }
        }
    }

    /// Writes a key; an empty value deletes it.
    package func put(_ value: Bytes, at key: Bytes, in collection: Bytes = Bytes()) throws(ContractCallError) {
        try answer(.putState) { try apply(.put(value, key: key, collection: collection)) }
    }

    package func delete(_ key: Bytes, in collection: Bytes = Bytes()) throws(ContractCallError) {
        try answer(.deleteState) { try apply(.delete(key: key, collection: collection)) }
    }

    /// Deletes a private key and has all members forget its earlier values.
    package func purge(_ key: Bytes, in collection: Bytes) throws(ContractCallError) {
        try answer(.purgePrivateData) { try apply(.purge(key: key, collection: collection)) }
    }

    /// Replaces a key's metadata by one entry.
    package func putMetadata(
        _ entry: KVMetadataEntry, of key: Bytes, in collection: Bytes = Bytes()
    ) throws(ContractCallError) {
        try answer(.putStateMetadata) { try apply(.putMetadata(entry, key: key, collection: collection)) }
    }

    /// Several writes as one request. The first that fails ends it; those before it stay.
    package func write(_ batch: [ContractWrite]) throws(ContractCallError) {
        try answer(.writeBatchState) {
            for write in batch { try apply(write) }
        }
    }
}

/// One write of a contract's batch. Source: Fabric's `protos.WriteRecord`.
package enum ContractWrite: Hashable, Sendable {
    case put(Bytes, key: Bytes, collection: Bytes)
    case delete(key: Bytes, collection: Bytes)
    case purge(key: Bytes, collection: Bytes)
    case putMetadata(KVMetadataEntry, key: Bytes, collection: Bytes)
}

extension ContractContext {
    private func apply(_ write: ContractWrite) throws {
        switch write {
        case .put(let value, let key, let collection):
            try put(value, at: key, collection)
        case .delete(let key, let collection):
            try put(Bytes(), at: key, collection)
        case .purge(let key, let collection):
            guard simulation.configuration.capabilities.allowsPurge else {
                throw ContractRefusal(
                    "purge private data is not enabled, channel application capability of V2_5 or later is required")
            }
            guard !collection.isEmpty else { throw ContractRefusal("only applicable for private data") }
            let id = try permit(.writing, collection)
            try simulation.withSimulator { try $0.purgePrivate(key, in: id) }
        case .putMetadata(let entry, let key, let collection):
            try checkKeyPoliciesAreAllowed()
            guard !collection.isEmpty else {
                return try simulation.withSimulator { try $0.putMetadata([entry], of: key, in: namespace) }
            }
            let id = try permit(.writing, collection)
            try simulation.withSimulator { try $0.putPrivateMetadata([entry], of: key, in: id) }
        }
    }

    private func put(_ value: Bytes, at key: Bytes, _ collection: Bytes) throws {
        guard !collection.isEmpty else {
            return try simulation.withSimulator { try $0.put(value, at: key, in: namespace) }
        }
        let id = try permit(.writing, collection)
        try simulation.withSimulator { try $0.putPrivate(value, at: key, in: id) }
    }

    private func checkKeyPoliciesAreAllowed() throws(ContractRefusal) {
        guard simulation.configuration.capabilities.application >= .v13 else {
            throw ContractRefusal(
                "key level endorsement is not enabled, channel application capability of V1_3 or later is required")
        }
    }
}
