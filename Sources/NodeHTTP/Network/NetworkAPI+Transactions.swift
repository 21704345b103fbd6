internal import FabricTypes
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LedgerCore
internal import PeerService

extension NetworkAPI {
    var transactionRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/channels/{channel}/transactions/{transaction}", "getTransaction",
                "Show a transaction: where it stands, what it did and, if it is not valid, why.",
                parameters: [
                    Self.channel, Self.organization,
                    .path("transaction", "The transaction's id, or its place as <block>:<index>."),
                ], answer: .json("Transaction"), handle: { try await transaction($0) })
        ]
    }

    private func transaction(_ call: APICall) async throws -> HummingbirdCore.Response {
        let channel = try channel(call)
        let text = call.path("transaction")
        guard
            let place = try await Self.place(text, in: channel), let bytes = try await channel.block(place.blockNumber),
            let description = try Self.description(at: place, in: Block(decoding: bytes))
        else {
            throw APIError(
                status: .notFound, code: "TransactionNotFound",
                message: "Channel \"\(channel.id)\" has no transaction \"\(text.prefix(80))\" up to block "
                    + "\(channel.commits.height - 1). Give its id, or its place as <block>:<index>.")
        }
        var members = description.whole
        members["block"] = .integer(Int64(clamping: place.blockNumber))
        if !description.isValid {
            let explanation = try await channel.explanation(
                ofBlock: place.blockNumber, transactionAt: Int(clamping: place.transactionIndex))
            if let explanation { members["explanation"] = try await Self.describe(explanation, on: channel) }
        }
        return JSONAnswer.value(.object(members))
    }

    private static func place(_ text: String, in channel: PeerChannel) async throws -> Version? {
        if let place = place(text) { return place }
        return try await channel.read { try $0.position(ofTransaction: Bytes(text)) }.map {
            Version(blockNumber: $0.blockNumber, transactionIndex: UInt64($0.transactionIndex))
        }
    }

    private static func description(at place: Version, in block: Block) throws -> TransactionDescription? {
        guard place.transactionIndex < UInt64(block.data.entries.count) else { return nil }
        let index = Int(place.transactionIndex)
        let codes = block.transactionsFilter.codes
        return TransactionDescription(
            PreparedTransaction(block.data.entries[index]), code: codes.indices.contains(index) ? codes[index] : .valid,
            index: index)
    }

    // MARK: Why it is not valid

    static func describe(
        _ explanation: TransactionExplanation, on channel: PeerChannel
    ) async throws -> NetworkJSON {
        var members: [String: NetworkJSON] = ["message": .string(explanation.reason)]
        if !explanation.missingOrganizations.isEmpty {
            members["missingOrganizations"] = .array(
                explanation.missingOrganizations.map { .string($0.rawValue) })
        }
        if let conflict = explanation.conflict {
            var description = Self.describe(conflict)
            if let winner = conflict.winner {
                description["winner"] = try await describe(winner: winner, on: channel)
            }
            members["conflict"] = .object(description)
        }
        return .object(members)
    }

    private static func describe(_ conflict: ReadConflict) -> [String: NetworkJSON] {
        var members: [String: NetworkJSON]
        switch conflict.read {
        case .key(let namespace, let key):
            members = NetworkText.members("key", key)
            members["namespace"] = .string(namespace.lossyText)
            members["readVersion"] = NetworkText.version(conflict.expected)
        case .privateKey(let collection, let keyHash):
            members = [
                "namespace": .string(collection.namespace.lossyText),
                "collection": .string(collection.collection.lossyText), "keyHash": .string(keyHash.hex),
                "readVersion": NetworkText.version(conflict.expected),
            ]
        case .range(let namespace, let range, let key):
            members = NetworkText.members("rangeStart", range.startKey)
            members.merge(NetworkText.members("rangeEnd", range.endKey)) { first, _ in first }
            if let key { members.merge(NetworkText.members("key", key)) { first, _ in first } }
            members["namespace"] = .string(namespace.lossyText)
        }
        return members
    }

    private static func describe(winner place: Version, on channel: PeerChannel) async throws -> NetworkJSON {
        var members: [String: NetworkJSON] = [
            "block": .integer(Int64(clamping: place.blockNumber)),
            "index": .integer(Int64(clamping: place.transactionIndex)),
        ]
        if let bytes = try await channel.block(place.blockNumber),
            let winner = try description(at: place, in: Block(decoding: bytes))
        {
            members["transaction"] = .string(winner.id)
        }
        return .object(members)
    }
}
