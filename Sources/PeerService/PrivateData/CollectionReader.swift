package import FabricTypes
package import LedgerCore

/// Reads collections' definitions at one height through a channel's cache.
///
/// Concurrency and errors as for ``LedgerCore/StateReader``.
package struct CollectionReader<Reader: StateReader>: Sendable {
    private let definitions: DefinitionCache
    private let reader: Reader

    package init(definitions: DefinitionCache, reader: Reader) {
        self.definitions = definitions
        self.reader = reader
    }

    /// A collection's definition, explicit or implicit; nil where there is none, also where the chaincode's definition
    /// cannot be read.
    package func collection(_ id: CollectionID) throws -> StaticCollectionConfig? {
        let definition: ChaincodeDefinition?
        do {
            definition = try definitions.definition(of: id.namespace, in: reader)
        } catch is DefinitionError {
            return nil
        }
        guard let definition else { return nil }
        if let organization = ImplicitCollection.organization(of: id.collection) {
            return ImplicitCollection.configuration(of: organization, maximumPeerCount: 1)
        }
        return definition.collection(named: id.collection)
    }

    /// How many blocks a collection's data lives; 0 for ever, also where the collection is not defined.
    package func blocksToLive(of id: CollectionID) throws -> UInt64 {
        try collection(id)?.blocksToLive ?? 0
    }
}
