internal import FabricTypes
internal import Membership

/// Whether a transaction's endorsements satisfy the policies of everything it writes.
///
/// Each written key is judged by the first of these that exists: its own policy, its collection's, the chaincode's. A
/// namespace in which no policy was asked, as that of a transaction that only reads, is judged by the chaincode's.
/// Source: Fabric's `statebased.baseEvaluator` and `policyCheckerV20`.
struct EndorsementCheck<Reader: StateReader>: Sendable {
    let blockNumber: BlockNumber
    let reader: Reader
    let rules: [Bytes: NamespaceRules]
    let changes: KeyPolicyChanges

    /// Judges the part of a transaction that lies in one namespace.
    ///
    /// - Parameter bars: whether the transaction with an index passed its checks for this namespace; asked for earlier
    ///   transactions that change a key's metadata.
    /// - Returns: nil if the policies are satisfied.
    func refusal(
        of action: EndorsedAction, in namespace: Bytes, at index: Int, signers: VerifiedSigners, bars: (Int) -> Bool
    ) throws -> TransactionRefusal? {
        guard let rules = rules[namespace] else {
            return TransactionRefusal(.invalidChaincode, "Chaincode \"\(namespace.lossyText)\" is not defined.")
        }
        var check = NamespaceCheck(rules: rules, signers: signers)
        do {
            for set in action.readWriteSet.namespaces where set.namespace == namespace {
                try set.forEachWrittenKey { key in
                    if let writer = changes.writers(of: key, before: index).first(where: bars) {
                        throw TransactionRefusal(
                            .endorsementPolicyFailure,
                            "Transaction \(writer) of the same block changes the policy of key \"\(key.key.lossyText)\"."
                        )
                    }
                    try check.check(key, policy: try keyPolicy(of: key))
                }
            }
            try check.finish()
            return nil
        } catch let refusal as TransactionRefusal {
            return refusal
        }
    }

    /// The key's own endorsement policy in the committed state; nil where it has none.
    private func keyPolicy(of key: PolicyKey) throws -> Bytes? {
        let metadata =
            if key.collection.isEmpty {
                try reader.metadata(of: key.key, in: key.namespace)
            } else {
                try reader.hashedMetadata(
                    of: key.key, in: CollectionID(namespace: key.namespace, collection: key.collection))
            }
        guard let metadata else { return nil }
        let policy = try KeyMetadata(decoding: metadata)?.validationParameter
        return policy?.isEmpty ?? true ? nil : policy
    }
}

/// Asks each policy of a namespace once.
private struct NamespaceCheck {
    let rules: NamespaceRules
    let signers: VerifiedSigners
    private var isChaincodePolicyChecked = false
    private var checkedCollections: Set<Bytes> = []
    private var isAnyPolicyChecked = false

    init(rules: NamespaceRules, signers: VerifiedSigners) {
        self.rules = rules
        self.signers = signers
    }

    mutating func check(_ key: PolicyKey, policy: Bytes?) throws(TransactionRefusal) {
        if let policy {
            try check(Self.policy(policy, of: key))
            isAnyPolicyChecked = true
        } else if key.collection.isEmpty {
            try checkChaincodePolicy()
        } else if !checkedCollections.contains(key.collection) {
            try checkCollectionPolicy(key)
        }
    }

    /// A transaction that wrote nothing is judged too.
    mutating func finish() throws(TransactionRefusal) {
        if !isAnyPolicyChecked { try checkChaincodePolicy() }
    }

    private mutating func checkCollectionPolicy(_ key: PolicyKey) throws(TransactionRefusal) {
        switch rules.rule(for: key.collection) {
        case .own(let policy):
            try check(policy)
            isAnyPolicyChecked = true
        case .chaincode:
            try checkChaincodePolicy()
        case .unknown:
            throw TransactionRefusal(
                .endorsementPolicyFailure,
                "Chaincode \"\(key.namespace.lossyText)\" has no collection \"\(key.collection.lossyText)\".")
        }
        checkedCollections.insert(key.collection)
    }

    private mutating func checkChaincodePolicy() throws(TransactionRefusal) {
        if isChaincodePolicyChecked { return }
        try check(rules.chaincodePolicy)
        isChaincodePolicyChecked = true
        isAnyPolicyChecked = true
    }

    private func check(_ policy: ChannelPolicy) throws(TransactionRefusal) {
        do throws(PolicyError) {
            try policy.check(signers)
        } catch {
            throw TransactionRefusal(
                .endorsementPolicyFailure, error.message, missingOrganizations: error.missingOrganizations)
        }
    }

    private static func policy(_ encoded: Bytes, of key: PolicyKey) throws(TransactionRefusal) -> ChannelPolicy {
        do throws(PolicyError) {
            return ChannelPolicy(
                name: "The endorsement policy of key \"\(key.key.lossyText)\"",
                signature: try SignaturePolicyEvaluator(decoding: encoded))
        } catch {
            throw TransactionRefusal(
                .endorsementPolicyFailure, "The policy of key \"\(key.key.lossyText)\" is none. \(error)")
        }
    }
}
