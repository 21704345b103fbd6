package import FabricTypes

/// What stands behind a stub: a peer in the same process, a peer behind the shim protocol, or a test.
///
/// An empty collection means the contract's public state. A missing value is empty. Errors carry Fabric's words.
package protocol StubBackend: Sendable {
    func state(of key: Bytes, in collection: Bytes) throws(ContractError) -> Bytes
    func states(of keys: [Bytes], in collection: Bytes) throws(ContractError) -> [Bytes]
    func privateDataHash(of key: Bytes, in collection: Bytes) throws(ContractError) -> Bytes
    func metadata(of key: Bytes, in collection: Bytes) throws(ContractError) -> [KVMetadataEntry]
    func write(_ write: StubWrite) throws(ContractError)
    /// Several writes as one request.
    func write(batch: [StubWrite]) throws(ContractError)
    func range(from start: Bytes, to end: Bytes, in collection: Bytes) throws(ContractError) -> StubQuery<QueryResultKV>
    func page(from start: Bytes, to end: Bytes, size: Int, bookmark: Bytes) throws(ContractError) -> StubPage
    func query(_ query: Bytes, in collection: Bytes) throws(ContractError) -> StubQuery<QueryResultKV>
    func queryPage(_ query: Bytes, size: Int, bookmark: Bytes) throws(ContractError) -> StubPage
    func history(of key: Bytes) throws(ContractError) -> StubQuery<KeyModification>
    /// - Parameter target: `name[:version][/channel]`.
    func invoke(_ target: Bytes, arguments: [Bytes]) -> ContractResponse
}

/// A write as contracts ask for it.
package enum StubWrite: Hashable, Sendable {
    case put(Bytes, key: Bytes, collection: Bytes)
    case delete(key: Bytes, collection: Bytes)
    case purge(key: Bytes, collection: Bytes)
    case putMetadata(KVMetadataEntry, key: Bytes, collection: Bytes)

    package var key: Bytes {
        switch self {
        case .put(_, let key, _), .delete(let key, _), .purge(let key, _), .putMetadata(_, let key, _): key
        }
    }

    package var collection: Bytes {
        switch self {
        case .put(_, _, let collection), .delete(_, let collection), .purge(_, let collection),
            .putMetadata(_, _, let collection):
            collection
        }
    }
}

/// The first rows of a query, and how to get on with it.
package struct StubQuery<Row: Sendable>: Sendable {
    package let rows: [Row]
    package let hasMore: Bool
    /// The next rows, and whether there are more behind them. Not called again after the last ones.
    package let next: @Sendable () throws(ContractError) -> (rows: [Row], hasMore: Bool)
    package let close: @Sendable () -> Void

    package init(
        rows: [Row], hasMore: Bool,
        next: @escaping @Sendable () throws(ContractError) -> (rows: [Row], hasMore: Bool),
        close: @escaping @Sendable () -> Void
    ) {
        self.rows = rows
        self.hasMore = hasMore
        self.next = next
        self.close = close
    }
}

package struct StubPage: Sendable {
    package let rows: [QueryResultKV]
    package let bookmark: Bytes

    package init(rows: [QueryResultKV], bookmark: Bytes) {
        self.rows = rows
        self.bookmark = bookmark
    }
}

/// What a call brings with it.
package struct StubCall: Sendable {
    package var contract: String
    package var channelID: String
    package var transactionID: String
    package var arguments: [Bytes]
    /// An encoded `SerializedIdentity`.
    package var creator: Bytes
    package var binding: Bytes
    package var timestamp: Timestamp?
    package var transientMap: [Bytes: Bytes]
    package var decorations: [Bytes: Bytes]
    /// An encoded `SignedProposal`.
    package var signedProposal: Bytes

    package init(
        contract: String, channelID: String, transactionID: String, arguments: [Bytes], creator: Bytes = Bytes(),
        binding: Bytes = Bytes(), timestamp: Timestamp? = nil, transientMap: [Bytes: Bytes] = [:],
        decorations: [Bytes: Bytes] = [:], signedProposal: Bytes = Bytes()
    ) {
        self.contract = contract
        self.channelID = channelID
        self.transactionID = transactionID
        self.arguments = arguments
        self.creator = creator
        self.binding = binding
        self.timestamp = timestamp
        self.transientMap = transientMap
        self.decorations = decorations
        self.signedProposal = signedProposal
    }
}
