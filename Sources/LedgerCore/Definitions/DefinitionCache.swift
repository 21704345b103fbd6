package import FabricTypes
internal import Synchronization

/// Keeps a channel's definitions decoded between blocks.
///
/// Readers at different heights may ask at once: a definition is served only to readers that see the block with which it last
/// changed, everybody else reads the state. Bounded by the number of chaincodes ever defined; unknown names are not kept.
package final class DefinitionCache: Sendable {
    private struct Content {
        var definitions: [Bytes: ChaincodeDefinition] = [:]
        /// By name: the height from which on the kept definition holds.
        var changedAtHeight: [Bytes: BlockNumber] = [:]
    }

    private let content = Mutex(Content())

    package init() {}

    /// The definition of a chaincode in the state of `reader`; nil where there is none.
    ///
    /// - Throws: as ``DefinitionReader/definition(of:)``.
    package func definition(of name: Bytes, in reader: some StateReader) throws -> ChaincodeDefinition? {
        let height = reader.height
        if let kept = kept(name, atHeight: height) { return kept }
        let definition = try DefinitionReader(reader).definition(of: name)
        if let definition {
            content.withLock { content in
                if height >= content.changedAtHeight[name] ?? 0 { content.definitions[name] = definition }
            }
        }
        return definition
    }

    /// The definition that a reader at this height would get, if it is kept; nil says nothing.
    package func kept(_ name: Bytes, atHeight height: BlockNumber) -> ChaincodeDefinition? {
        content.withLock { content in
            height >= content.changedAtHeight[name] ?? 0 ? content.definitions[name] : nil
        }
    }

    /// Forgets what a block changes. Call it *before* the block's effects become visible to readers.
    package func willCommit(_ updates: StateUpdates, of block: BlockNumber) {
        guard let changed = updates.publicState[LifecycleKeys.namespace] else { return }
        content.withLock { content in
            changed.forEach { key, _ in
                guard let name = LifecycleKeys.name(in: key) else { return }
                content.definitions[name] = nil
                content.changedAtHeight[name] = block &+ 1
            }
        }
    }
}
