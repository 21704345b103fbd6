internal import FabricTypes
internal import FunctionTypes
internal import LedgerCore

/// A committed transaction as the JSON API shows it.
struct TransactionDescription {
    private let transaction: PreparedTransaction
    private let code: ValidationCode
    private let index: Int

    init(_ transaction: PreparedTransaction, code: ValidationCode, index: Int) {
        self.transaction = transaction
        self.code = code
        self.index = index
    }

    /// As its header has it, or computed.
    var id: String { transaction.transactionID.lossyText }

    var isValid: Bool { code.isValid }

    /// What a list shows.
    var summary: [String: NetworkJSON] {
        var members: [String: NetworkJSON] = [
            "index": .integer(Int64(index)), "code": .string(code.name), "isValid": .bool(code.isValid),
            "transaction": .string(id),
        ]
        if let header = transaction.channelHeader {
            members["type"] = .string(header.type.name)
            if let time = header.timestamp {
                members["time"] = .string(NetworkText.time(seconds: time.seconds, nanoseconds: time.nanoseconds))
            }
        }
        if let creator = transaction.signatureHeader?.creator, !creator.isEmpty {
            members["creator"] = NetworkText.identity(creator)
        }
        if let action = transaction.action {
            members["contract"] = .string(action.chaincode.lossyText)
            if let event = action.event { members["event"] = .string(event.eventName.lossyText) }
        }
        if let function = arguments.first, let text = function.utf8Text, text.utf8.count <= 200 {
            members["function"] = .string(text)
        }
        return members
    }

    /// Everything that is told of it.
    var whole: [String: NetworkJSON] {
        var members = summary
        if let creator = transaction.signatureHeader?.creator, !creator.isEmpty {
            members["creator"] = NetworkText.identity(creator, withCertificate: true)
        }
        members["arguments"] = .array(arguments.dropFirst().map { .object(NetworkText.members("value", $0)) })
        if let action = transaction.action {
            members["endorsers"] = .array(
                action.endorsements.map { NetworkText.identity($0.endorser, withCertificate: true) })
            if let response { members["response"] = response }
            if let event = action.event {
                members["eventPayload"] = .object(NetworkText.members("value", event.payload))
            }
            members["reads"] = .array(action.readWriteSet.namespaces.flatMap(Self.reads))
            members["writes"] = .array(action.readWriteSet.namespaces.flatMap(Self.writes))
        }
        return members
    }

    /// The function's name and its arguments, as the client sent them.
    private var arguments: [Bytes] {
        guard
            transaction.channelHeader?.type == .endorserTransaction,
            let action = try? Transaction(decoding: transaction.data).actions.first,
            let payload = try? ChaincodeActionPayload(decoding: action.payload),
            let proposal = try? ChaincodeProposalPayload(decoding: payload.chaincodeProposalPayload),
            let invocation = try? ChaincodeInvocationSpec(decoding: proposal.input)
        else { return [] }
        return invocation.chaincodeSpec?.input?.arguments ?? []
    }

    private var response: NetworkJSON? {
        guard
            let bytes = transaction.action?.proposalResponsePayload,
            let payload = try? ProposalResponsePayload(decoding: bytes),
            let response = (try? ChaincodeAction(decoding: payload.extension))?.response
        else { return nil }
        var members = NetworkText.members("payload", response.payload)
        members["status"] = .integer(Int64(response.status))
        members["message"] = .string(response.message.lossyText)
        return .object(members)
    }

    private static func reads(_ set: NamespaceReadWriteSet) -> [NetworkJSON] {
        let namespace = NetworkJSON.string(set.namespace.lossyText)
        let keys = set.publicSet.reads.map { read -> NetworkJSON in
            var members = NetworkText.members("key", read.key)
            members["namespace"] = namespace
            members["version"] = NetworkText.version(read.version)
            return .object(members)
        }
        let ranges = set.publicSet.rangeQueries.map { range -> NetworkJSON in
            var members = NetworkText.members("rangeStart", range.startKey)
            members.merge(NetworkText.members("rangeEnd", range.endKey)) { first, _ in first }
            members["namespace"] = namespace
            return .object(members)
        }
        let hashes = set.collections.flatMap { collection in
            collection.hashedSet.reads.map { read -> NetworkJSON in
                [
                    "namespace": namespace, "collection": .string(collection.collection.lossyText),
                    "keyHash": .string(read.keyHash.hex), "version": NetworkText.version(read.version),
                ]
            }
        }
        return keys + ranges + hashes
    }

    private static func writes(_ set: NamespaceReadWriteSet) -> [NetworkJSON] {
        let namespace = NetworkJSON.string(set.namespace.lossyText)
        let keys = set.publicSet.writes.map { write -> NetworkJSON in
            var members = NetworkText.members("key", write.key)
            members["namespace"] = namespace
            members["isDelete"] = .bool(write.deletes)
            if !write.deletes { members.merge(NetworkText.members("value", write.value)) { first, _ in first } }
            return .object(members)
        }
        let hashes = set.collections.flatMap { collection in
            collection.hashedSet.writes.map { write -> NetworkJSON in
                [
                    "namespace": namespace, "collection": .string(collection.collection.lossyText),
                    "keyHash": .string(write.keyHash.hex), "isDelete": .bool(write.deletes),
                ]
            }
        }
        return keys + hashes
    }
}
