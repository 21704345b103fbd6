internal import FabricTypes
internal import FoundationEssentials
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LedgerCore
internal import PeerService

extension NetworkAPI {
    /// Keys or writes of one page.
    static let stateCountMax = 200

    var stateRoutes: [APIRoute] {
        let contract = APIRoute.Parameter.path(
            "contract", "Name of the contract (chaincode), which is the namespace of its keys.")
        let limit = APIRoute.Parameter.query("limit", "How many to answer, 1 to 200; 50 if absent.", type: "integer")
        return [
            APIRoute(
                .get, "/api/channels/{channel}/state/{contract}", "listState",
                "List a contract's keys with their values, in bytewise order. Private data are not among them.",
                parameters: [
                    Self.channel, contract, Self.organization,
                    .query("prefix", "Only keys that begin with this."),
                    .query("prefixBase64", "The same for bytes that are no text."),
                    .query("after", "Only keys behind this one: the last of the page before."),
                    .query("afterBase64", "The same for bytes that are no text."), limit,
                ], answer: .list("StateKey"), handle: { try await state($0) }),
            APIRoute(
                .get, "/api/channels/{channel}/history/{contract}", "listHistory",
                "List the valid transactions that wrote a key, newest first, with what they wrote.",
                parameters: [
                    Self.channel, contract, Self.organization, .query("key", "The key."),
                    .query("keyBase64", "The same for bytes that are no text."),
                    .query("before", "Only writes before this place, as <block>:<index>: the last of the page before."),
                    limit,
                ], answer: .list("KeyWrite"), handle: { try await history($0) }),
        ]
    }

    private func state(_ call: APICall) async throws -> HummingbirdCore.Response {
        let channel = try channel(call)
        let namespace = Bytes(call.path("contract"))
        let limit = try call.integer("limit", in: 1...Self.stateCountMax) ?? 50
        let prefix = try Self.bytes("prefix", of: call) ?? Bytes()
        var range = KeyRange(start: prefix, end: Self.end(ofPrefix: prefix))
        if let after = try Self.bytes("after", of: call), after >= prefix { range = range.after(after) }
        guard !range.isEmpty else { return JSONAnswer.value(.array([])) }
        let wanted = range
        let rows = try await Self.withSnapshot(channel) { snapshot, _ in
            try snapshot.rows(in: wanted, of: namespace, countMax: limit)
        }
        return JSONAnswer.value(
            .array(
                rows.map { row in
                    var members = NetworkText.members("key", row.key)
                    members.merge(NetworkText.members("value", row.state.value)) { first, _ in first }
                    members["version"] = NetworkText.version(row.state.version)
                    return .object(members)
                }))
    }

    private func history(_ call: APICall) async throws -> HummingbirdCore.Response {
        let channel = try channel(call)
        let namespace = Bytes(call.path("contract"))
        let limit = try call.integer("limit", in: 1...Self.stateCountMax) ?? 50
        guard let key = try Self.bytes("key", of: call) else {
            throw APIError.invalid("\"key\" is needed: give the key whose history is meant.")
        }
        let before = try call.query("before").map { text throws(APIError) in
            guard let place = Self.place(text) else {
                throw APIError.invalid("\"before\" is \"\(text.prefix(60))\": give a place as <block>:<index>.")
            }
            return place
        }
        let writers = try await Self.withSnapshot(channel) { snapshot, _ in
            try snapshot.writers(of: key, in: namespace, before: before, countMax: limit)
        }
        var answers: [NetworkJSON] = []
        var block: (number: BlockNumber, block: Block)?
        for writer in writers {
            if block?.number != writer.blockNumber {
                // A ledger that was restored from a snapshot has no blocks from before.
                block = try await channel.block(writer.blockNumber).map {
                    (writer.blockNumber, try Block(decoding: $0))
                }
            }
            answers.append(try Self.describe(write: writer, of: key, in: namespace, block?.block))
        }
        return JSONAnswer.value(.array(answers))
    }

    private static func describe(
        write place: Version, of key: Bytes, in namespace: Bytes, _ block: Block?
    ) throws -> NetworkJSON {
        var members: [String: NetworkJSON] = [
            "block": .integer(Int64(clamping: place.blockNumber)),
            "index": .integer(Int64(clamping: place.transactionIndex)),
        ]
        if let block, place.transactionIndex < UInt64(block.data.entries.count) {
            let transaction = PreparedTransaction(block.data.entries[Int(place.transactionIndex)])
            let description = TransactionDescription(transaction, code: .valid, index: Int(place.transactionIndex))
            for name in ["transaction", "time", "creator", "function"] { members[name] = description.summary[name] }
            if let write = transaction.lastWrite(of: key, in: namespace) {
                members["isDelete"] = .bool(write.deletes)
                if !write.deletes { members.merge(NetworkText.members("value", write.value)) { first, _ in first } }
            }
        }
        return .object(members)
    }

    /// A parameter of bytes: `name` as text, or `nameBase64`. An empty one is there: a key may be empty.
    private static func bytes(_ name: String, of call: APICall) throws(APIError) -> Bytes? {
        if let text = call.request.target.query(name) { return Bytes(text) }
        guard let text = call.request.target.query("\(name)Base64") else { return nil }
        guard let data = Data(base64Encoded: text) else {
            throw APIError.invalid("\"\(name)Base64\" is \"\(text.prefix(60))\", which is no base64.")
        }
        return Bytes(Array(data))
    }

    /// The smallest key behind all that begin with a prefix; empty where there is none.
    private static func end(ofPrefix prefix: Bytes) -> Bytes {
        var bytes = prefix.array
        while let last = bytes.popLast() {
            if last < 0xFF { return Bytes(bytes + [last + 1]) }
        }
        return Bytes()
    }

    /// Reads `<block>:<index>`.
    static func place(_ text: String) -> Version? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let block = BlockNumber(parts[0]), let index = UInt64(parts[1]) else { return nil }
        return Version(blockNumber: block, transactionIndex: index)
    }
}

extension PreparedTransaction {
    /// What a transaction wrote under a public key, last.
    fileprivate func lastWrite(of key: Bytes, in namespace: Bytes) -> KVWrite? {
        action?.readWriteSet.namespaces.last { $0.namespace == namespace }?.publicSet.writes.last { $0.key == key }
    }
}
