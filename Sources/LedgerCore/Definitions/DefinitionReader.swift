package import FabricTypes

/// Reads chaincode definitions out of one state.
package struct DefinitionReader<Reader: StateReader>: Sendable {
    private let reader: Reader

    package init(_ reader: Reader) {
        self.reader = reader
    }

    /// The definition of a chaincode; nil where the channel knows none.
    ///
    /// - Throws: ``DefinitionError`` where the state holds something unreadable under the name; the store's errors.
    package func definition(of name: Bytes) throws -> ChaincodeDefinition? {
        try ChaincodeDefinition.load(name) { try reader.value(of: $0, in: LifecycleKeys.namespace)?.value }
    }

    /// The names of all defined chaincodes, ascending.
    package func names() throws -> [Bytes] {
        var names: [Bytes] = []
        var range = LifecycleKeys.metadataRange
        let countMax = 100
        while true {
            let rows = try reader.rows(in: range, of: LifecycleKeys.namespace, countMax: countMax)
            for row in rows {
                guard let name = LifecycleKeys.name(in: row.key),
                    // Something that does not decode or is of another type is no chaincode to anybody.
                    let metadata = try? LifecycleStateMetadata(decoding: row.state.value),
                    metadata.datatype == LifecycleKeys.definitionDatatype
                else { continue }
                names.append(name)
            }
            guard rows.count == countMax, let last = rows.last else { return names }
            range = range.after(last.key)
        }
    }

    /// A collection's definition, explicit or implicit; nil where there is none.
    ///
    /// An implicit collection is answered whether or not its organisation belongs to the channel.
    package func collection(_ id: CollectionID) throws -> StaticCollectionConfig? {
        guard let definition = try definition(of: id.namespace) else { return nil }
        if let organization = ImplicitCollection.organization(of: id.collection) {
            return ImplicitCollection.configuration(of: organization, maximumPeerCount: 0)
        }
        return definition.collection(named: id.collection)
    }

    /// How many blocks a collection's data lives; 0 for ever, also where the collection is not defined.
    package func blocksToLive(of id: CollectionID) throws -> UInt64 {
        try collection(id)?.blocksToLive ?? 0
    }
}
