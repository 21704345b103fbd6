public import FabricTypes

// MARK: - Public state

extension ContractStub {
    /// The value under a key; nil where there is none.
    public func getState(_ key: some StateKey) throws(ContractError) -> Bytes? {
        Self.present(try backend.state(of: key.keyBytes, in: Bytes()))
    }

    /// Several values with one request, in the order of the keys; nil where there is none.
    public func getStates(_ keys: [some StateKey]) throws(ContractError) -> [Bytes?] {
        guard !keys.isEmpty else { return [] }
        return try backend.states(of: keys.map(\.keyBytes), in: Bytes()).map(Self.present)
    }

    /// Writes a key. An empty value deletes it.
    public func putState(_ key: some StateKey, _ value: Bytes) throws(ContractError) {
        try put(value, key.keyBytes, Bytes())
    }

    public func deleteState(_ key: some StateKey) throws(ContractError) {
        try write(.delete(key: key.keyBytes, collection: Bytes()))
    }

    /// The key's own endorsement policy, an encoded `SignaturePolicyEnvelope`; nil where the contract's holds.
    public func getStateValidationParameter(_ key: some StateKey) throws(ContractError) -> Bytes? {
        try validationParameter(key.keyBytes, Bytes())
    }

    /// Gives a key an endorsement policy of its own; nil takes it away.
    public func setStateValidationParameter(_ key: some StateKey, _ policy: Bytes?) throws(ContractError) {
        try setValidationParameter(policy, key.keyBytes, Bytes())
    }
}

// MARK: - Private data

extension ContractStub {
    /// A private value, which only members' peers hold; nil where there is none.
    public func getPrivateData(_ collection: String, _ key: some StateKey) throws(ContractError) -> Bytes? {
        Self.present(try backend.state(of: key.keyBytes, in: try name(collection)))
    }

    public func getPrivateData(_ collection: String, _ keys: [some StateKey]) throws(ContractError) -> [Bytes?] {
        let collection = try name(collection)
        guard !keys.isEmpty else { return [] }
        return try backend.states(of: keys.map(\.keyBytes), in: collection).map(Self.present)
    }

    /// The SHA-256 of a private value, which every peer knows; nil where there is none.
    public func getPrivateDataHash(_ collection: String, _ key: some StateKey) throws(ContractError) -> Bytes? {
        Self.present(try backend.privateDataHash(of: key.keyBytes, in: try name(collection)))
    }

    public func putPrivateData(
        _ collection: String, _ key: some StateKey, _ value: Bytes
    ) throws(ContractError) {
        try put(value, key.keyBytes, try name(collection))
    }

    public func deletePrivateData(_ collection: String, _ key: some StateKey) throws(ContractError) {
        try write(.delete(key: key.keyBytes, collection: try name(collection)))
    }

    /// Deletes a private key and has its members forget all earlier values.
    public func purgePrivateData(_ collection: String, _ key: some StateKey) throws(ContractError) {
        try write(.purge(key: key.keyBytes, collection: try name(collection)))
    }

    public func getPrivateDataValidationParameter(
        _ collection: String, _ key: some StateKey
    ) throws(ContractError) -> Bytes? {
        try validationParameter(key.keyBytes, Bytes(collection))
    }

    public func setPrivateDataValidationParameter(
        _ collection: String, _ key: some StateKey, _ policy: Bytes?
    ) throws(ContractError) {
        try setValidationParameter(policy, key.keyBytes, Bytes(collection))
    }
}

// MARK: - Write batches

extension ContractStub {
    /// Has the following writes gathered and sent together; of several writes of one key the last one counts.
    public func startWriteBatch() {
        if writeBatch == nil { writeBatch = WriteBatch() }
    }

    /// Sends what was gathered. Happens by itself at the end of the call.
    public func finishWriteBatch() throws(ContractError) {
        guard let batch = writeBatch else { return }
        writeBatch = nil
        // As many at a time as a peer takes by default.
        let countMax = 1_000
        var rest = batch.writes[...]
        while !rest.isEmpty {
            do throws(ContractError) {
                try backend.write(batch: Array(rest.prefix(countMax)))
            } catch {
                throw ContractError("failed send batch: \(error.message)")
            }
            rest = rest.dropFirst(countMax)
        }
    }
}

// MARK: - Rules

extension ContractStub {
    static func present(_ value: Bytes) -> Bytes? {
        value.isEmpty ? nil : value
    }

    func name(_ collection: String) throws(ContractError) -> Bytes {
        guard !collection.isEmpty else { throw ContractError("collection must not be an empty string") }
        return Bytes(collection)
    }

    func put(_ value: Bytes, _ key: Bytes, _ collection: Bytes) throws(ContractError) {
        guard !key.isEmpty else { throw ContractError("key must not be an empty string") }
        try write(.put(value, key: key, collection: collection))
    }

    private func write(_ write: StubWrite) throws(ContractError) {
        if writeBatch != nil {
            writeBatch?.append(write)
        } else {
            try backend.write(write)
        }
    }

    private func validationParameter(_ key: Bytes, _ collection: Bytes) throws(ContractError) -> Bytes? {
        try backend.metadata(of: key, in: collection).last { $0.name == KeyMetadata.validationParameterName }?.value
    }

    private func setValidationParameter(_ policy: Bytes?, _ key: Bytes, _ collection: Bytes) throws(ContractError) {
        let entry = KVMetadataEntry(name: KeyMetadata.validationParameterName, value: policy ?? Bytes())
        try write(.putMetadata(entry, key: key, collection: collection))
    }
}

/// Writes that wait to be sent, in the order in which their keys first appeared.
struct WriteBatch {
    private struct Slot: Hashable {
        let key: Bytes
        let collection: Bytes
        let isMetadata: Bool
    }

    private(set) var writes: [StubWrite] = []
    private var indexes: [Slot: Int] = [:]

    mutating func append(_ write: StubWrite) {
        let isMetadata = if case .putMetadata = write { true } else { false }
        let slot = Slot(key: write.key, collection: write.collection, isMetadata: isMetadata)
        if let index = indexes[slot] {
            writes[index] = write
        } else {
            indexes[slot] = writes.count
            writes.append(write)
        }
    }
}
