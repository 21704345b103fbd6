internal import FabricTypes
internal import LedgerCore

/// What an organisation has said about a committed definition, as its own peers see it.
struct Approval: Sendable {
    private let definition: ChaincodeDefinition
    private let collection: CollectionID
    private let name: Bytes

    init(of definition: ChaincodeDefinition, by organization: MSPID) {
        self.definition = definition
        collection = CollectionID(
            namespace: LifecycleKeys.namespace, collection: ImplicitCollection.name(of: organization))
        name = LifecycleKeys.approval(of: definition.name, sequence: definition.sequence)
    }

    /// Whether the organisation approved exactly what was committed.
    func isGiven(in reader: any StateReader) throws -> Bool {
        try LifecycleRecord.parameters(of: definition).entries(at: name, kind: .namespaces).allSatisfy {
            try reader.hashedValue(of: Digest(of: $0.key).bytes, in: collection)?.value == Digest(of: $0.value).bytes
        }
    }

    /// The package that the organisation runs for it; empty for none.
    func packageID(in reader: any StateReader) throws -> Bytes {
        let stored = try reader.privateValue(of: LifecycleKeys.sourcePackageID(of: name), in: collection)?.value
        // What is not readable names no package.
        guard case .text(let packageID)? = (try? LifecycleStateData(decoding: stored ?? Bytes()))?.value else {
            return Bytes()
        }
        return packageID
    }
}
