package import FabricTypes
internal import Membership
internal import Synchronization

/// What one contract of a transaction may ask of its peer, answered as Fabric's peers answer a chaincode's messages.
///
/// Linked contracts call it directly; the shim protocol's messages map to its calls one to one. Every call fails once the
/// simulation has expired. Concurrency: any thread, one call at a time makes sense. Calls block.
///
/// All calls throw ``ContractCallError`` and nothing else. Source: Fabric's `chaincode.Handler`.
package final class ContractContext: Sendable {
    /// A contract that is running in this transaction.
    struct Frame: Hashable, Sendable {
        let channelID: Bytes
        let chaincode: Bytes
    }

    /// The contract's name, under which its state lies.
    package let namespace: Bytes
    package let isInitialization: Bool
    package let transaction: ProposedTransaction
    package let simulation: ChannelSimulation
    let router: any ContractRouter
    /// The contracts that called each other until this one, itself included.
    let frames: [Frame]

    let queries = Mutex(OpenQueries())
    /// By collection: what the transaction's creator may do with it.
    private let permissions = Mutex<[Bytes: CollectionPermission]>([:])

    /// A contract that the client called.
    package convenience init(
        namespace: Bytes, isInitialization: Bool = false, transaction: ProposedTransaction,
        simulation: ChannelSimulation, router: any ContractRouter
    ) {
        self.init(
            namespace: namespace, isInitialization: isInitialization, transaction: transaction, simulation: simulation,
            router: router, callers: [])
    }

    init(
        namespace: Bytes, isInitialization: Bool, transaction: ProposedTransaction, simulation: ChannelSimulation,
        router: any ContractRouter, callers: [Frame]
    ) {
        self.namespace = namespace
        self.isInitialization = isInitialization
        self.transaction = transaction
        self.simulation = simulation
        self.router = router
        frames = callers + [Frame(channelID: simulation.channelID, chaincode: namespace)]
    }

    /// The channel that the contract runs on, which after a call across channels is not the client's.
    package var channelID: Bytes { simulation.channelID }

    /// Puts the request's kind and the transaction in front of whatever went wrong.
    func answer<Value>(_ request: ContractRequest, _ body: () throws -> Value) throws(ContractCallError) -> Value {
        do {
            guard !simulation.isExpired else {
                throw ContractRefusal("the transaction has taken longer than it may")
            }
            return try body()
        } catch {
            throw ContractCallError("\(request.rawValue) failed: transaction ID: \(transaction.id.lossyText): \(error)")
        }
    }
}

// MARK: - Collections

/// Whether the creator of a transaction may read and write a collection.
struct CollectionPermission: Hashable, Sendable {
    let allowsReading: Bool
    let allowsWriting: Bool
}

extension ContractContext {
    enum CollectionUse: String {
        case reading = "read"
        case writing = "write"
    }

    /// Refuses what the collection's definition does not let the transaction's creator do.
    ///
    /// - Returns: the collection's full name.
    func permit(_ use: CollectionUse, _ collection: Bytes) throws -> CollectionID {
        try refuseDuringInitialization()
        let id = CollectionID(namespace: namespace, collection: collection)
        let permission = try permission(for: id)
        guard use == .reading ? permission.allowsReading : permission.allowsWriting else {
            throw ContractRefusal(
                "tx creator does not have \(use.rawValue) access permission on privatedata in chaincodeName:"
                    + "\(namespace.lossyText) collectionName: \(collection.lossyText)")
        }
        return id
    }

    func refuseDuringInitialization() throws(ContractRefusal) {
        if isInitialization { throw ContractRefusal("private data APIs are not allowed in chaincode Init()") }
    }

    private func permission(for id: CollectionID) throws -> CollectionPermission {
        if let known = permissions.withLock({ $0[id.collection] }) { return known }
        let config = try simulation.withSimulator { try $0.collection(id) }
        let name = "\(channelID.lossyText)/\(id.namespace.lossyText)/\(id.collection.lossyText)"
        guard let config else { throw ContractRefusal("collection \(name) could not be found") }
        let permission = try permission(by: config, name: name)
        permissions.withLock { $0[id.collection] = permission }
        return permission
    }

    private func permission(by config: StaticCollectionConfig, name: String) throws -> CollectionPermission {
        guard let policy = config.memberOrganizationsPolicy?.signaturePolicy else {
            throw ContractRefusal(
                "error setting up collection for collection criteria \(name): Collection config access policy is nil")
        }
        let evaluator: SignaturePolicyEvaluator
        do throws(PolicyError) {
            evaluator = try SignaturePolicyEvaluator(policy)
        } catch {
            throw ContractRefusal(
                "error setting up collection for collection criteria \(name): failed constructing policy object out of "
                    + "collection policy config: \(error.stockMessage)")
        }
        guard config.isMemberOnlyRead || config.isMemberOnlyWrite else {
            return CollectionPermission(allowsReading: true, allowsWriting: true)
        }
        let signers = simulation.configuration.policies.verify([transaction.signedData])
        let isMember = evaluator.isSatisfied(by: signers)
        return CollectionPermission(
            allowsReading: isMember || !config.isMemberOnlyRead, allowsWriting: isMember || !config.isMemberOnlyWrite)
    }
}
