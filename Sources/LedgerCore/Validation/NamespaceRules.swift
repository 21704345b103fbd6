internal import FabricTypes
internal import Membership

/// Who must have endorsed what is written under one chaincode's name, by the definitions in the committed state.
///
/// Source: Fabric's `lifecycle.ValidatorCommitter`.
struct NamespaceRules: Sendable {
    /// What a collection without a policy of its own, and a key without one, falls back to.
    enum CollectionRule: Sendable {
        case own(ChannelPolicy)
        case chaincode
        /// There is no such collection: nothing may be written to it.
        case unknown
    }

    /// Fabric's own validation, the only one there is here.
    private static let builtinPlugin = Bytes("vscc")

    /// For every key that has no policy of its own.
    let chaincodePolicy: ChannelPolicy
    /// Set where the chaincode asks to be judged by other code than Fabric's own.
    let foreignPlugin: Bytes?
    private let collections: [Bytes: CollectionRule]
    private let policies: EndorsementPolicies

    /// - Returns: nil where the channel has no such chaincode, or one that lacks what validation needs.
    /// - Throws: the errors of `reader`.
    init?(
        of namespace: Bytes, definitions: DefinitionCache, reader: some StateReader, configuration: ChannelConfiguration
    ) throws {
        let policies = EndorsementPolicies(configuration)
        self.policies = policies
        if namespace == LifecycleKeys.namespace {
            chaincodePolicy = policies.lifecycle
            foreignPlugin = nil
            collections = [:]
            return
        }
        guard let definition = try Self.definition(of: namespace, definitions: definitions, reader: reader) else {
            return nil
        }
        let name = "of chaincode \"\(namespace.lossyText)\""
        chaincodePolicy = policies.policy(definition.validationParameter, name: "The endorsement policy \(name)")
        foreignPlugin = definition.validationPlugin == Self.builtinPlugin ? nil : definition.validationPlugin
        var collections: [Bytes: CollectionRule] = [:]
        // Of several collections with one name the first counts.
        for collection in definition.collections where collections[collection.name] == nil {
            if let policy = collection.endorsementPolicy {
                let collectionName = "of collection \"\(collection.name.lossyText)\" \(name)"
                collections[collection.name] =
                    .own(policies.policy(policy, name: "The endorsement policy \(collectionName)"))
            } else {
                collections[collection.name] = .chaincode
            }
        }
        self.collections = collections
    }

    private static func definition(
        of namespace: Bytes, definitions: DefinitionCache, reader: some StateReader
    ) throws -> ChaincodeDefinition? {
        do {
            let definition = try definitions.definition(of: namespace, in: reader)
            let isComplete = definition.map { !$0.validationPlugin.isEmpty && !$0.validationParameter.isEmpty }
            return isComplete ?? false ? definition : nil
        } catch is DefinitionError {
            // What cannot be read defines nothing.
            return nil
        }
    }

    func rule(for collection: Bytes) -> CollectionRule {
        if let organization = ImplicitCollection.organization(of: collection) {
            return policies.implicitCollection(of: organization).map(CollectionRule.own) ?? .unknown
        }
        return collections[collection] ?? .unknown
    }
}
