package import FabricTypes

/// The policies of a channel's configuration tree, by path.
///
/// Compiled once per configuration; safe to use from any thread. Source: Fabric's `policies.ManagerImpl`.
package struct PolicyManager: Sendable {
    /// By path below the root: `Application/Writers`.
    private let policies: [Bytes: ChannelPolicy]
    /// The paths of all groups below the root; the root's is empty.
    private let groups: Set<Bytes>
    /// By whose rules identities are read and judged.
    package let resolver: any IdentityResolver

    /// - Throws: ``PolicyError`` `malformed` if any policy of the tree does not compile; the message names its path.
    package init(channelGroup: ConfigGroup, resolver: any IdentityResolver) throws(PolicyError) {
        var collector = PolicyCollector()
        _ = try collector.collect(channelGroup, path: Bytes())
        self.policies = collector.policies
        self.groups = collector.groups
        self.resolver = resolver
    }

    /// The policy of an absolute path, `/Channel/Application/Writers`, or of a path below the root.
    ///
    /// An unknown one is a policy that refuses everybody: ``ChannelPolicy/exists`` tells.
    package subscript(path: Bytes) -> ChannelPolicy {
        if let policy = policy(path, relativeTo: Bytes()) { return policy }
        return .missing(name: path.lossyText, stockName: Self.relativePath(of: path)?.lossyText)
    }

    package subscript(path: PolicyPath) -> ChannelPolicy {
        self[path.bytes]
    }

    /// The policy that `name` means within a group: absolute if it begins with a slash, else below that group.
    ///
    /// - Parameter group: the group's path below the root, `Application/Org1`, empty for the root.
    /// - Returns: nil if there is no such group or policy.
    package func policy(_ name: Bytes, relativeTo group: Bytes) -> ChannelPolicy? {
        if name.first == UInt8(ascii: "/") {
            guard let relative = Self.relativePath(of: name) else { return nil }
            return policies[relative]
        }
        guard groups.contains(group), !name.isEmpty else { return nil }
        return policies[group.joined(with: name)]
    }

    /// Reads and verifies a signature set by the rules of this configuration.
    package func verify(_ signatureSet: [SignedData]) -> VerifiedSigners {
        VerifiedSigners(signatureSet, resolver: resolver)
    }

    /// - Throws: ``PolicyError`` `unknownPolicy` or `notSatisfied`.
    package func check(_ path: PolicyPath, _ signatureSet: [SignedData]) throws(PolicyError) {
        try self[path].check(verify(signatureSet))
    }

    private static func relativePath(of absolute: Bytes) -> Bytes? {
        let root = Bytes("/Channel")
        guard absolute.count > root.count, absolute[0..<root.count] == root else { return nil }
        // Go cuts the prefix off with the byte that follows, whatever that is.
        return absolute[(root.count + 1)...]
    }
}

/// Where a standard policy stands.
package struct PolicyPath: Hashable, Sendable {
    package let bytes: Bytes

    package init(_ bytes: Bytes) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        self.bytes = Bytes(text)
    }

    package static let channelReaders = PolicyPath("/Channel/Readers")
    package static let channelWriters = PolicyPath("/Channel/Writers")
    package static let channelAdmins = PolicyPath("/Channel/Admins")
    package static let applicationReaders = PolicyPath("/Channel/Application/Readers")
    package static let applicationWriters = PolicyPath("/Channel/Application/Writers")
    package static let applicationAdmins = PolicyPath("/Channel/Application/Admins")
    package static let endorsement = PolicyPath("/Channel/Application/Endorsement")
    package static let lifecycleEndorsement = PolicyPath("/Channel/Application/LifecycleEndorsement")
    package static let ordererReaders = PolicyPath("/Channel/Orderer/Readers")
    package static let ordererWriters = PolicyPath("/Channel/Orderer/Writers")
    package static let ordererAdmins = PolicyPath("/Channel/Orderer/Admins")
    package static let blockValidation = PolicyPath("/Channel/Orderer/BlockValidation")
}

extension PolicyPath: CustomStringConvertible {
    package var description: String { bytes.lossyText }
}

/// Compiles a tree from its leaves up, since implicit policies stand on those below them.
private struct PolicyCollector {
    var policies: [Bytes: ChannelPolicy] = [:]
    var groups: Set<Bytes> = []

    // Recursion is bounded by the depth that the wire reader allows.
    mutating func collect(_ group: ConfigGroup, path: Bytes) throws(PolicyError) {
        groups.insert(path)
        let childPaths = group.groups.keys.sorted().map { path.joined(with: $0) }
        for key in group.groups.keys.sorted() {
            if let child = group.groups[key] { try collect(child, path: path.joined(with: key)) }
        }
        for key in group.policies.keys.sorted() {
            let policyPath = path.joined(with: key)
            policies[policyPath] = try compile(group.policies[key]?.policy, at: policyPath, childPaths: childPaths)
        }
    }

    private func compile(_ policy: Policy?, at path: Bytes, childPaths: [Bytes]) throws(PolicyError) -> ChannelPolicy {
        let name = "/Channel/\(path.lossyText)"
        func refuse(_ reason: String) -> PolicyError {
            PolicyError(.malformed, "Policy \(name) is not valid: \(reason)")
        }
        switch policy?.type {
        case Policy.Kind.signature:
            do throws(PolicyError) {
                let evaluator = try SignaturePolicyEvaluator(decoding: policy?.value ?? Bytes())
                guard evaluator.envelope.version == 0 else {
                    throw PolicyError(
                        .malformed, "The signature policy has version \(evaluator.envelope.version); only 0 is known.")
                }
                return ChannelPolicy(name: name, signature: evaluator)
            } catch {
                throw refuse(error.message)
            }
        case Policy.Kind.implicitMeta:
            let definition: ImplicitMetaPolicy
            do throws(WireError) {
                definition = try ImplicitMetaPolicy(decoding: policy?.value ?? Bytes())
            } catch {
                throw refuse(error.description)
            }
            let subPolicies = childPaths.map { childPath in
                let subPath = childPath.joined(with: definition.subPolicy)
                return policies[subPath] ?? .missing(name: "/Channel/\(subPath.lossyText)")
            }
            guard let policy = ChannelPolicy(name: name, definition, of: subPolicies) else {
                throw refuse("rule \(definition.ruleNumber) is none of ANY, ALL and MAJORITY.")
            }
            return policy
        case nil:
            throw refuse("it is empty.")
        case let type?:
            throw refuse("its type \(type) is neither a signature policy (1) nor an implicit one (3).")
        }
    }
}

extension Bytes {
    /// A path one step longer.
    func joined(with key: Bytes) -> Bytes {
        isEmpty ? key : Bytes(joining: [self, Bytes("/"), key])
    }
}
