package import FabricTypes
package import Membership

/// What the endorsers of one simulated transaction must together satisfy.
///
/// Source: Fabric's `endorsementAnalyzer.computePrincipalSets` and `loadMetadataAndFilters`.
package struct EndorsementRequirements: Sendable {
    /// Every one of them must be satisfied. Never empty.
    package private(set) var policies: [ChannelPolicy] = []
    /// Whose definitions ``policies`` come from: an endorser must be able to run them all.
    package private(set) var chaincodes: Set<Bytes> = []
    /// For each collection that is read: one of these principals an endorser must be.
    private var memberships: [[MSPPrincipal]] = []
    private let resolver: any IdentityResolver

    /// - Parameters:
    ///   - interest: what a simulation touched.
    ///   - definition: a chaincode's definition in the committed state.
    /// - Throws: ``EndorsementPlanError`` where a definition or policy is missing or unusable; whatever `definition` throws.
    package init(
        _ interest: ChaincodeInterest, on configuration: ChannelConfiguration,
        definition: (Bytes) throws -> ChaincodeDefinition?
    ) throws {
        resolver = configuration.resolver
        let known = EndorsementPolicies(configuration)
        var calls: [(ChaincodeCall, ChaincodeDefinition)] = []
        for call in interest.chaincodes {
            guard let found = try definition(call.name) else {
                throw EndorsementPlanError.unknownChaincode(
                    call.name, on: Bytes(configuration.channelID.rawValue))
            }
            calls.append((call, found))
        }
        // Fabric looks at all collections before it looks at any policy.
        for (call, definition) in calls where !call.noPrivateReads { try demandMembers(call, definition) }
        for (call, definition) in calls {
            // Every peer has `_lifecycle`.
            if call.name != LifecycleKeys.namespace { chaincodes.insert(call.name) }
            try demandPolicies(call, definition, known)
        }
        for (call, _) in calls { try demandKeyPolicies(call) }
        guard !policies.isEmpty else { throw EndorsementPlanError("no principal sets remained after filtering") }
    }

    /// Whether a peer may see the private data that the transaction reads.
    package func admits(_ peer: Identity) -> Bool {
        memberships.allSatisfy { principals in principals.contains { resolver.satisfies(peer, $0) } }
    }

    private mutating func demandMembers(
        _ call: ChaincodeCall, _ definition: ChaincodeDefinition
    ) throws(EndorsementPlanError) {
        for name in call.collectionNames {
            guard let collection = Self.collection(name, of: definition) else {
                throw EndorsementPlanError(
                    "collection \(name.lossyText) doesn't exist in collection config for chaincode "
                        + call.name.lossyText)
            }
            memberships.append(collection.memberOrganizationsPolicy?.signaturePolicy?.identities ?? [])
        }
    }

    private mutating func demandPolicies(
        _ call: ChaincodeCall, _ definition: ChaincodeDefinition, _ known: EndorsementPolicies
    ) throws(EndorsementPlanError) {
        let name = "The endorsement policy of chaincode \"\(call.name.lossyText)\""
        var demanded: [ChannelPolicy] = []
        var needsChaincodePolicy = call.collectionNames.isEmpty
        for collection in call.collectionNames {
            if let policy = Self.policy(of: collection, definition, known) {
                demanded.append(policy)
            } else {
                needsChaincodePolicy = true
            }
        }
        if needsChaincodePolicy, !call.disregardNamespacePolicy {
            demanded.append(
                call.name == LifecycleKeys.namespace
                    ? known.lifecycle : known.policy(definition.validationParameter, name: name))
        }
        if demanded.isEmpty, call.keyPolicies.isEmpty {
            throw EndorsementPlanError(
                "requested to disregard chaincode \(call.name.lossyText)'s policy but key and collection policies are "
                    + "missing, either disable DisregardNamespacePolicy or specify at least one key policy or at "
                    + "least one collection policy")
        }
        for policy in demanded where !policy.exists { throw EndorsementPlanError("policy not found") }
        policies += demanded
    }

    private mutating func demandKeyPolicies(_ call: ChaincodeCall) throws(EndorsementPlanError) {
        for envelope in call.keyPolicies {
            do throws(PolicyError) {
                policies.append(
                    ChannelPolicy(
                        name: "The endorsement policy of a key of \"\(call.name.lossyText)\"",
                        signature: try SignaturePolicyEvaluator(envelope)))
            } catch {
                throw EndorsementPlanError("state based endorsement policy cannot be satisfied")
            }
        }
    }

    private static func collection(_ name: Bytes, of definition: ChaincodeDefinition) -> StaticCollectionConfig? {
        if let organization = ImplicitCollection.organization(of: name) {
            return ImplicitCollection.configuration(of: organization, maximumPeerCount: 0)
        }
        return definition.collection(named: name)
    }

    /// A collection's own policy; nil where the chaincode's holds.
    private static func policy(
        of collection: Bytes, _ definition: ChaincodeDefinition, _ known: EndorsementPolicies
    ) -> ChannelPolicy? {
        let name = "The endorsement policy of collection \"\(collection.lossyText)\""
        if let organization = ImplicitCollection.organization(of: collection) {
            return known.implicitCollection(of: organization) ?? .missing(name: name)
        }
        return definition.collection(named: collection)?.endorsementPolicy.map { known.policy($0, name: name) }
    }
}
