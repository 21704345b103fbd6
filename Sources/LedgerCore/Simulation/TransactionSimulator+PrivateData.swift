package import FabricTypes

// Every call refuses collections that the chaincode's definition does not have. Whether the caller may read or write a
// collection at all is the endorser's question, not the simulator's.
extension TransactionSimulator {
    /// A private value, nil where there is none. Recorded as a read of the key's hash.
    ///
    /// - Throws: ``SimulationError`` with ``SimulationError/Code/privateDataMissing`` where this peer does not hold the value
    ///   that the channel agreed on.
    package mutating func privateValue(of key: Bytes, in id: CollectionID) throws -> Bytes? {
        try check(id)
        try check(key, in: id.namespace)
        let state = try reader.privateValue(of: key, in: id)
        let hashedVersion = try reader.hashedVersion(of: Digest(of: key).bytes, in: id)
        guard state?.version == hashedVersion else {
            throw SimulationError(
                .privateDataMissing,
                "private data matching public hash version is not available. Public hash version = "
                    + "\(text(hashedVersion)), Private data version = \(text(state?.version))")
        }
        recordPrivateRead(key, in: id, version: state?.version)
        return state?.value
    }

    /// Several private values at once, in the order of the keys. Unlike ``privateValue(of:in:)``, and like Fabric's peers,
    /// it answers with what this peer holds, right or not; an outdated one is found out at commit.
    package mutating func privateValues(of keys: [Bytes], in id: CollectionID) throws -> [Bytes?] {
        try check(id)
        var values: [Bytes?] = []
        values.reserveCapacity(keys.count)
        for key in keys {
            try check(key, in: id.namespace)
            let state = try reader.privateValue(of: key, in: id)
            recordPrivateRead(key, in: id, version: state?.version)
            values.append(state?.value)
        }
        return values
    }

    /// The hash of a private value, which every peer knows.
    package mutating func privateValueHash(of key: Bytes, in id: CollectionID) throws -> Bytes? {
        try readHashed(key, in: id)?.value
    }

    /// A private key's metadata, which every peer knows.
    package mutating func privateMetadata(of key: Bytes, in id: CollectionID) throws -> [KVMetadataEntry] {
        try KeyMetadata(decoding: readHashed(key, in: id)?.metadata ?? Bytes())?.entries ?? []
    }

    /// Writes a private key; an empty value deletes it.
    package mutating func putPrivate(_ value: Bytes, at key: Bytes, in id: CollectionID) throws {
        try willWrite(value, at: key, in: id)
        builder.addPrivateWrite(key, in: id, value: value)
    }

    package mutating func deletePrivate(_ key: Bytes, in id: CollectionID) throws {
        try putPrivate(Bytes(), at: key, in: id)
    }

    /// Deletes a private key and has all members forget its earlier values.
    package mutating func purgePrivate(_ key: Bytes, in id: CollectionID) throws {
        try willWrite(Bytes(), at: key, in: id)
        builder.addPrivateWrite(key, in: id, value: Bytes(), isPurge: true)
    }

    /// Replaces a private key's metadata; no entries remove it.
    package mutating func putPrivateMetadata(
        _ entries: [KVMetadataEntry], of key: Bytes, in id: CollectionID
    ) throws {
        try willWrite(Bytes(), at: key, in: id)
        builder.addPrivateMetadataWrite(key, in: id, entries: try sorted(entries))
    }

    private mutating func willWrite(_ value: Bytes, at key: Bytes, in id: CollectionID) throws {
        try check(id)
        try check(key, in: id.namespace)
        try willWrite(value, at: key)
    }

    private mutating func recordPrivateRead(_ key: Bytes, in id: CollectionID, version: Version?) {
        builder.addHashedRead(key, in: id, version: version)
        privateReads.insert(id)
    }

    private mutating func readHashed(_ key: Bytes, in id: CollectionID) throws -> StateValue? {
        try check(id)
        try check(key, in: id.namespace)
        let state = try reader.hashedValue(of: Digest(of: key).bytes, in: id)
        builder.addHashedRead(key, in: id, version: state?.version)
        return state
    }

    private func text(_ version: Version?) -> String {
        version.map { "{BlockNum: \($0.blockNumber), TxNum: \($0.transactionIndex)}" } ?? "<nil>"
    }
}

// MARK: - Interest

extension TransactionSimulator {
    /// Looks up the policies that written keys have in the committed state.
    func makeInterest(of set: ReadWriteSet) throws -> SimulationInterest {
        var interest = SimulationInterest()
        interest.namespaces = set.namespaces.map(\.namespace)
        interest.privateReads = privateReads
        for (namespace, keys) in builder.writtenKeys {
            let id = CollectionID(namespace: namespace, collection: Bytes())
            interest.writes[id] = try keys.sorted()
                .map { key in try keyPolicy(reader.metadata(of: key, in: namespace), of: key, in: namespace) }
        }
        for (id, keys) in builder.writtenPrivateKeys {
            interest.writes[id] = try keys.sorted()
                .map { key in
                    try keyPolicy(
                        reader.hashedMetadata(of: Digest(of: key).bytes, in: id), of: key, in: id.namespace)
                }
        }
        return interest
    }

    private func keyPolicy(
        _ metadata: Bytes?, of key: Bytes, in namespace: Bytes
    ) throws -> SimulationInterest.KeyPolicy {
        guard let metadata else { return .none }
        do {
            guard let policy = try KeyMetadata(decoding: metadata)?.validationParameter else { return .none }
            return .own(try SignaturePolicyEnvelope(decoding: policy))
        } catch let error as WireError {
            throw SimulationError(
                .undecodableKeyPolicy,
                "The endorsement policy of key \"\(key.lossyText)\" of \"\(namespace.lossyText)\" in the ledger is not "
                    + "readable: \(error) Nobody can endorse writes of this key.")
        }
    }
}
