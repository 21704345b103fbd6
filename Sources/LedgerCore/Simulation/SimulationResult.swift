package import FabricTypes

/// What simulating a transaction led to.
package struct SimulationResult: Hashable, Sendable {
    package let readWriteSet: ReadWriteSet
    /// The same encoded: what endorsers sign and peers compare.
    package let results: Bytes
    /// The private writes, for the members of their collections; nil without any.
    package let privateSet: TxPvtReadWriteSet?
    /// Who has to endorse, as far as the state tells.
    package let interest: SimulationInterest
}

/// What a transaction touched, and which of the written keys have endorsement policies of their own.
///
/// Source: Fabric's `ledger.WritesetMetadata` and `ledger.PrivateReads`.
package struct SimulationInterest: Hashable, Sendable {
    /// A collection of a namespace; an empty collection name stands for its public state.
    var writes: [CollectionID: [KeyPolicy]] = [:]
    var privateReads: Set<CollectionID> = []
    /// Every namespace in the read-write set.
    var namespaces: [Bytes] = []

    enum KeyPolicy: Hashable, Sendable {
        /// The policy of chaincode or collection counts.
        case none
        case own(SignaturePolicyEnvelope)
    }

    /// The form in which a proposal response tells a gateway.
    ///
    /// Namespaces and collections ascend; Fabric's peers send them in no particular order.
    /// - Parameter isSystemChaincode: whether a namespace is the peer's own; those are left out.
    package func chaincodeInterest(isSystemChaincode: (Bytes) -> Bool) -> ChaincodeInterest {
        var collections: [Bytes: Set<Bytes>] = [:]
        for id in Set(writes.keys).union(privateReads) {
            collections[id.namespace, default: []].insert(id.collection)
        }
        for namespace in namespaces { collections[namespace, default: []].insert(Bytes()) }
        var calls: [ChaincodeCall] = []
        for (namespace, names) in collections.sorted(by: { $0.key < $1.key }) where !isSystemChaincode(namespace) {
            if let call = publicCall(namespace) { calls.append(call) }
            for name in names.sorted() where !name.isEmpty {
                let id = CollectionID(namespace: namespace, collection: name)
                let isRead = privateReads.contains(id)
                // A collection all of whose written keys have own policies is covered by the public entry.
                guard isRead || writes[id]?.contains(.none) == true else { continue }
                calls.append(ChaincodeCall(name: namespace, collectionNames: [name], noPrivateReads: !isRead))
            }
        }
        return ChaincodeInterest(chaincodes: calls)
    }

    /// Tells of the namespace's own policy and of all key policies in it, also those of private keys.
    private func publicCall(_ namespace: Bytes) -> ChaincodeCall? {
        let written = writes.filter { $0.key.namespace == namespace }
        var keyPolicies: [SignaturePolicyEnvelope] = []
        for (_, policies) in written.sorted(by: { $0.key < $1.key }) {
            for case .own(let policy) in policies { keyPolicies.append(policy) }
        }
        let publicWrites = writes[CollectionID(namespace: namespace, collection: Bytes())]
        // What was only read needs the chaincode's policy; what was written, only where a key has none of its own.
        let needsPolicy = written.isEmpty || publicWrites?.contains(.none) == true
        guard needsPolicy || !keyPolicies.isEmpty else { return nil }
        return ChaincodeCall(name: namespace, keyPolicies: keyPolicies, disregardNamespacePolicy: !needsPolicy)
    }
}
