internal import FabricTypes
internal import LedgerCore
internal import Membership

/// The rules that a definition must keep before an organisation can approve or a channel commit it.
///
/// Source: Fabric's `lifecycle.Invocation.validateInput`.
struct DefinitionCheck {
    private let fields: ChaincodeDefinitionFields
    private let context: ContractContext

    private static let reservedNames = ["cscc", "escc", "lscc", "qscc", "vscc"].map { Bytes($0) }

    init(_ fields: ChaincodeDefinitionFields, _ context: ContractContext) {
        self.fields = fields
        self.context = context
    }

    func check() throws {
        try checkNames()
        let collections = try collections()
        try collections.enumerated().forEach { index, collection in
            try check(collection, isKnown: collections[..<index].contains { $0.name == collection.name })
        }
        try checkKeepsCommitted(collections)
    }

    private func checkNames() throws {
        let name = fields.name.lossyText
        guard NameRule.isChaincodeName(fields.name) else {
            throw LifecycleError(
                "invalid chaincode name '\(name)'. Names can only consist of alphanumerics, '_', and '-' and can only "
                    + "begin with alphanumerics")
        }
        guard !Self.reservedNames.contains(fields.name) else {
            throw LifecycleError("chaincode name '\(name)' is the name of a system chaincode")
        }
        guard NameRule.isVersion(fields.version) else {
            throw LifecycleError(
                "invalid chaincode version '\(fields.version.lossyText)'. Versions can only consist of alphanumerics, "
                    + "'_', '-', '+', and '.'")
        }
    }

    private func collections() throws -> [StaticCollectionConfig] {
        try (fields.collections?.configs ?? []).map { config in
            guard let collection = config.staticConfig else {
                throw LifecycleError("collection config contains unexpected payload type: <nil>")
            }
            return collection
        }
    }

    private func check(_ collection: StaticCollectionConfig, isKnown: Bool) throws {
        let name = collection.name.lossyText
        guard NameRule.isCollectionName(collection.name) else {
            throw LifecycleError(
                "invalid collection name '\(name)'. Names can only consist of alphanumerics, '_', and '-' and cannot "
                    + "begin with '_'")
        }
        guard !isKnown else {
            throw LifecycleError("collection-name: \(name) -- found duplicate in collection configuration")
        }
        guard collection.maximumPeerCount >= collection.requiredPeerCount else {
            throw LifecycleError(
                "collection-name: \(name) -- maximum peer count (\(collection.maximumPeerCount)) cannot be less than "
                    + "the required peer count (\(collection.requiredPeerCount))")
        }
        guard collection.requiredPeerCount >= 0 else {
            throw LifecycleError(
                "collection-name: \(name) -- requiredPeerCount (\(collection.requiredPeerCount)) cannot be less than "
                    + "zero")
        }
        try checkMembers(of: collection, name)
    }

    private func checkMembers(of collection: StaticCollectionConfig, _ name: String) throws {
        guard let members = collection.memberOrganizationsPolicy else {
            throw LifecycleError("collection member policy is not set for collection '\(name)'")
        }
        guard let policy = members.signaturePolicy else {
            throw LifecycleError("collection member org policy is empty for collection '\(name)'")
        }
        do throws(PolicyError) {
            _ = try SignaturePolicyEvaluator(policy)
        } catch {
            throw LifecycleError("invalid member org policy for collection '\(name)': \(error.stockMessage)")
        }
        if let count = policy.rule.flatMap(Self.conjunction) {
            throw LifecycleError(
                "collection-name: \(name) -- error in member org policy: signature policy is not an OR concatenation, "
                    + "NOutOf \(count)")
        }
        for principal in policy.identities { try check(principal, name) }
    }

    /// How many of its parts the first gate demands that is no OR; nil where all are.
    private static func conjunction(in policy: SignaturePolicy) -> Int32? {
        // Recursion is bounded by the depth that the wire reader allows.
        guard case .nOutOf(let gate) = policy.rule else { return nil }
        if gate.n != 1 { return gate.n }
        return gate.rules.lazy.compactMap(conjunction).first
    }

    private func check(_ principal: MSPPrincipal, _ name: String) throws {
        let prefix = "collection-name: \(name) --"
        let configuration = context.simulation.configuration
        let organization: Bytes
        switch principal.classification {
        case MSPPrincipal.Classification.role:
            guard let role = try? MSPRole(decoding: principal.principal) else {
                throw LifecycleError("\(prefix) cannot unmarshal identity bytes into MSPRole")
            }
            organization = role.mspIdentifier
        case MSPPrincipal.Classification.organizationUnit:
            guard let unit = try? OrganizationUnit(decoding: principal.principal) else {
                throw LifecycleError("\(prefix) cannot unmarshal identity bytes into OrganizationUnit")
            }
            organization = unit.mspID
        case MSPPrincipal.Classification.identity:
            guard (try? configuration.resolver.identity(principal.principal)) != nil else {
                throw LifecycleError("\(prefix) contains an identity that is not part of the channel")
            }
            return
        default:
            throw LifecycleError("\(prefix) principal type \(principal.classification) is not supported")
        }
        let organizations = configuration.application.organizations + configuration.orderer.organizations
        guard organizations.contains(where: { $0.mspID.bytes == organization }) else {
            throw LifecycleError(
                "\(prefix) collection member '\(organization.lossyText)' is not part of the channel")
        }
    }

    /// Collections that the channel has stay, and keep their data as long as before.
    private func checkKeepsCommitted(_ collections: [StaticCollectionConfig]) throws {
        let name = fields.name.lossyText
        let committed = try LifecycleError.within("could not retrieve committed definition for chaincode '\(name)'") {
            try context.simulation.withSimulator { simulator -> ChaincodeDefinition? in
                let definition = try ChaincodeDefinition.load(fields.name) {
                    try simulator.value(of: $0, in: LifecycleKeys.namespace)
                }
                // Fabric's peers look in the lifecycle before as well, and record that.
                if definition == nil { _ = try simulator.value(of: fields.name, in: LegacyLifecycle.namespace) }
                return definition
            }
        }
        guard let committed, !committed.collections.isEmpty else { return }
        guard !collections.isEmpty else {
            throw LifecycleError("the proposed collection config does not contain previously defined collections")
        }
        for old in committed.collections {
            guard let new = collections.last(where: { $0.name == old.name }) else {
                throw LifecycleError(
                    "existing collection [\(old.name.lossyText)] missing in the proposed collection configuration")
            }
            guard new.blocksToLive == old.blocksToLive else {
                throw LifecycleError(
                    "the BlockToLive in an existing collection [\(old.name.lossyText)] modified. "
                        + "Existing value [\(old.blocksToLive)]")
            }
        }
    }
}

/// What names in definitions may be made of. Source: the regular expressions of Fabric's `lifecycle` package.
private enum NameRule {
    /// `[a-zA-Z0-9]+([-_][a-zA-Z0-9]+)*`
    static func isChaincodeName(_ name: Bytes) -> Bool {
        var mayBeMark = false
        for byte in name {
            guard isAlphanumeric(byte) || mayBeMark && isMark(byte) else { return false }
            mayBeMark = isAlphanumeric(byte)
        }
        return mayBeMark
    }

    /// `[A-Za-z0-9_.+-]+`
    static func isVersion(_ version: Bytes) -> Bool {
        !version.isEmpty
            && version.allSatisfy {
                isAlphanumeric($0) || isMark($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "+")
            }
    }

    /// `[A-Za-z0-9-]+([A-Za-z0-9_-]+)*`
    static func isCollectionName(_ name: Bytes) -> Bool {
        guard let first = name.first, first != UInt8(ascii: "_") else { return false }
        return name.allSatisfy { isAlphanumeric($0) || isMark($0) }
    }

    private static func isMark(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
