import FabricProtos
import FabricTypes
import Foundation
import LedgerCore
import SwiftProtobuf

/// Plays a recorded chaincode against a simulator of ours, in the place of a peer's handler, and compares every answer.
struct ShimPlayer {
    struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    var simulator: TransactionSimulator
    let history: any LedgerSnapshot
    let blocks: InMemoryLedger
    let definitions: DefinitionReader<InMemorySnapshot>
    /// The recorded streams of called chaincodes, by their name.
    let calls: [String: RecordedShim.Call]

    private var running: Set<Bytes> = []
    private var ranges: [String: (id: QueryID, namespace: Bytes)] = [:]
    private var histories: [String: (KeyHistory, QueryBatches<KeyModification>)] = [:]

    init(
        simulator: TransactionSimulator, snapshot: InMemorySnapshot, blocks: InMemoryLedger,
        calls: [String: RecordedShim.Call]
    ) {
        self.simulator = simulator
        self.history = snapshot
        self.blocks = blocks
        self.definitions = DefinitionReader(snapshot)
        self.calls = calls
    }

    /// What a peer does before it hands a transaction to a chaincode, then the recorded dialogue.
    mutating func play(_ call: RecordedShim.Call, namespace: Bytes) throws {
        running.insert(namespace)
        defer { running.remove(namespace) }
        let definition = try definitions.definition(of: namespace)
        _ = try simulator.value(
            of: LifecycleKeys.field(.sequence, of: namespace), in: LifecycleKeys.namespace)
        if let definition, definition.isInitRequired {
            let marker = Bytes([0x00, 0xF4, 0x8F, 0xBF, 0xBF] + Array("initialized".utf8))
            _ = try simulator.value(of: marker, in: namespace)
            if call.messages.first?.message.type == .init_ {
                try simulator.put(definition.version, at: marker, in: namespace)
            }
        }
        for (index, item) in call.messages.enumerated() where !item.isFromPeer {
            if [.completed, .error].contains(item.message.type) { return }
            let recorded = call.messages[index + 1].message
            let answer: Answer
            do {
                answer = try self.answer(item.message, recorded: recorded, namespace: namespace)
            } catch let error as SimulationError {
                answer = .failure(error.message)
            } catch let refusal as Refusal {
                answer = .failure(refusal.message)
            }
            try compare(answer, with: recorded, to: item.message)
        }
    }

    /// What a peer's handler refuses before it asks the simulator.
    private struct Refusal: Error {
        let message: String
    }

    private enum Answer {
        case bytes(Bytes)
        /// Map entries have no order.
        case metadata([KVMetadataEntry])
        case query(Protos_QueryResponse)
        case failure(String)
        /// The answer of a called chaincode is its own business.
        case asRecorded
    }

    private mutating func answer(
        _ message: Protos_ChaincodeMessage, recorded: Protos_ChaincodeMessage, namespace: Bytes
    ) throws -> Answer {
        let payload = [UInt8](message.payload)
        func id(_ collection: String) -> CollectionID {
            CollectionID(namespace: namespace, collection: Bytes(collection))
        }
        if let name = try Self.collection(in: message), message.type != .getPrivateDataHash {
            try checkAccess(to: id(name), recorded: recorded)
        }
        switch message.type {
        case .getState:
            let request = try Protos_GetState(serializedBytes: payload)
            let key = Bytes([UInt8](request.key))
            let value =
                request.collection.isEmpty
                ? try simulator.value(of: key, in: namespace)
                : try simulator.privateValue(of: key, in: id(request.collection))
            return .bytes(value ?? Bytes())
        case .getStateMultiple:
            let request = try Protos_GetStateMultiple(serializedBytes: payload)
            let keys = request.keys.map { Bytes([UInt8]($0)) }
            var result = Protos_GetStateMultipleResult()
            let values =
                request.collection.isEmpty
                ? try simulator.values(of: keys, in: namespace)
                : try simulator.privateValues(of: keys, in: id(request.collection))
            result.values = values.map { Data(($0 ?? Bytes()).array) }
            return .bytes(Bytes(try result.serializedBytes() as [UInt8]))
        case .getPrivateDataHash:
            let request = try Protos_GetState(serializedBytes: payload)
            let hash = try simulator.privateValueHash(of: Bytes([UInt8](request.key)), in: id(request.collection))
            return .bytes(hash ?? Bytes())
        case .putState:
            let request = try Protos_PutState(serializedBytes: payload)
            try put(Bytes([UInt8](request.value)), at: Bytes([UInt8](request.key)), namespace, request.collection)
            return .bytes(Bytes())
        case .delState:
            let request = try Protos_DelState(serializedBytes: payload)
            try put(Bytes(), at: Bytes([UInt8](request.key)), namespace, request.collection)
            return .bytes(Bytes())
        case .purgePrivateData:
            let request = try Protos_DelState(serializedBytes: payload)
            try simulator.purgePrivate(Bytes([UInt8](request.key)), in: id(request.collection))
            return .bytes(Bytes())
        case .getStateMetadata:
            let request = try Protos_GetStateMetadata(serializedBytes: payload)
            let key = Bytes([UInt8](request.key))
            return .metadata(
                request.collection.isEmpty
                    ? try simulator.metadata(of: key, in: namespace)
                    : try simulator.privateMetadata(of: key, in: id(request.collection)))
        case .putStateMetadata:
            let request = try Protos_PutStateMetadata(serializedBytes: payload)
            try putMetadata(request.metadata, of: Bytes([UInt8](request.key)), namespace, request.collection)
            return .bytes(Bytes())
        case .writeBatchState:
            for record in try Protos_WriteBatchState(serializedBytes: payload).rec {
                let key = Bytes([UInt8](record.key))
                switch record.type {
                case .putState: try put(Bytes([UInt8](record.value)), at: key, namespace, record.collection)
                case .delState: try put(Bytes(), at: key, namespace, record.collection)
                case .putStateMetadata: try putMetadata(record.metadata, of: key, namespace, record.collection)
                case .purgePrivateData: try simulator.purgePrivate(key, in: id(record.collection))
                default: throw Difference(description: "a batch with \(record.type)")
                }
            }
            return .bytes(Bytes())
        case .getStateByRange, .queryStateNext, .queryStateClose, .getHistoryForKey:
            return .query(try query(message, recorded: recorded, namespace: namespace))
        case .getQueryResult:
            return .failure("ExecuteQuery not supported for leveldb")
        case .invokeChaincode:
            try invoke(try Protos_ChaincodeSpec(serializedBytes: payload))
            return .asRecorded
        default:
            throw Difference(description: "no answer for \(message.type)")
        }
    }

    /// The collection that a request names.
    private static func collection(in message: Protos_ChaincodeMessage) throws -> String? {
        let payload = [UInt8](message.payload)
        let name =
            switch message.type {
            case .getState: try Protos_GetState(serializedBytes: payload).collection
            case .getStateMultiple: try Protos_GetStateMultiple(serializedBytes: payload).collection
            case .putState: try Protos_PutState(serializedBytes: payload).collection
            case .delState, .purgePrivateData: try Protos_DelState(serializedBytes: payload).collection
            case .getStateMetadata: try Protos_GetStateMetadata(serializedBytes: payload).collection
            case .putStateMetadata: try Protos_PutStateMetadata(serializedBytes: payload).collection
            case .getStateByRange: try Protos_GetStateByRange(serializedBytes: payload).collection
            default: ""
            }
        return name.isEmpty ? nil : name
    }

    private mutating func put(_ value: Bytes, at key: Bytes, _ namespace: Bytes, _ collection: String) throws {
        if collection.isEmpty {
            try simulator.put(value, at: key, in: namespace)
        } else {
            try simulator.putPrivate(
                value, at: key, in: CollectionID(namespace: namespace, collection: Bytes(collection)))
        }
    }

    private mutating func putMetadata(
        _ metadata: Protos_StateMetadata, of key: Bytes, _ namespace: Bytes, _ collection: String
    ) throws {
        let entries = [
            KVMetadataEntry(name: Bytes(metadata.metakey), value: Bytes([UInt8](metadata.value)))
        ]
        if collection.isEmpty {
            try simulator.putMetadata(entries, of: key, in: namespace)
        } else {
            try simulator.putPrivateMetadata(
                entries, of: key, in: CollectionID(namespace: namespace, collection: Bytes(collection)))
        }
    }

    /// The handler's question whether the client may use a collection, answered as recorded: it is not the simulator's.
    private mutating func checkAccess(to collection: CollectionID, recorded: Protos_ChaincodeMessage) throws {
        let text = Bytes([UInt8](recorded.payload)).lossyText
        guard try simulator.collection(collection) != nil else {
            throw Refusal(
                message: "collection trade/\(collection.namespace.lossyText)/\(collection.collection.lossyText) "
                    + "could not be found")
        }
        if recorded.type == .error, let words = text.range(of: "tx creator does not have") {
            throw Refusal(message: String(text[words.lowerBound...]))
        }
    }

    private mutating func invoke(_ spec: Protos_ChaincodeSpec) throws {
        // name[:version][/channel]; a call to another channel leaves no trace in this transaction.
        let parts = spec.chaincodeID.name.split(separator: "/", maxSplits: 1)
        guard parts.count == 1 || parts[1] == "trade" else { return }
        let name = parts[0].split(separator: ":")[0]
        if let call = calls[String(name)] {
            // A chaincode that comes back to itself is refused on its stream.
            if !running.contains(Bytes(String(name))) { try play(call, namespace: Bytes(String(name))) }
        } else if !["qscc", "cscc"].contains(name) {
            // A name that nobody defined is looked for in both lifecycles.
            let name = Bytes(String(name))
            _ = try simulator.value(of: LifecycleKeys.field(.sequence, of: name), in: LifecycleKeys.namespace)
            _ = try simulator.value(of: name, in: Bytes("lscc"))
        }
    }
}

// MARK: - Queries

extension ShimPlayer {
    /// Query ids are random; each of ours goes by the recorded one.
    private mutating func query(
        _ message: Protos_ChaincodeMessage, recorded: Protos_ChaincodeMessage, namespace: Bytes
    ) throws -> Protos_QueryResponse {
        let payload = [UInt8](message.payload)
        let expected = try? Protos_QueryResponse(serializedBytes: [UInt8](recorded.payload))
        let id = expected?.id ?? ""
        switch message.type {
        case .getStateByRange:
            let request = try Protos_GetStateByRange(serializedBytes: payload)
            let range = KeyRange(start: Bytes([UInt8](request.startKey)), end: Bytes([UInt8](request.endKey)))
            if !request.collection.isEmpty {
                let collection = CollectionID(namespace: namespace, collection: Bytes(request.collection))
                ranges[id] = (try simulator.openPrivateRange(range, of: collection), namespace)
            } else if !request.metadata.isEmpty {
                return try page(request, range: range, id: id, namespace: namespace)
            } else {
                ranges[id] = (try simulator.openRange(range, in: namespace), namespace)
            }
            return try next(id)
        case .getHistoryForKey:
            let request = try Protos_GetHistoryForKey(serializedBytes: payload)
            let key = Bytes([UInt8](request.key))
            histories[id] = (
                KeyHistory(of: key, in: namespace, reader: history, blocks: blocks),
                QueryBatches(totalCountMax: TransactionSimulator.queryRowCountMaxDefault)
            )
            return try next(id)
        case .queryStateNext:
            return try next(Protos_QueryStateNext(serializedBytes: payload).id)
        default:
            let id = try Protos_QueryStateClose(serializedBytes: payload).id
            if let range = ranges.removeValue(forKey: id) { simulator.close(range.id) }
            histories[id] = nil
            var response = Protos_QueryResponse()
            response.id = id
            return response
        }
    }

    private mutating func next(_ id: String) throws -> Protos_QueryResponse {
        var response = Protos_QueryResponse()
        response.id = id
        if let range = ranges[id] {
            let batch = try simulator.nextBatch(of: range.id)
            response.hasMore_p = batch.hasMore
            response.results = batch.rows.map { Self.result($0, namespace: range.namespace) }
        } else if var (history, batches) = histories[id] {
            let batch = try batches.next { try history.next() }
            response.hasMore_p = batch.hasMore
            response.results = batch.rows.map { Self.result($0.encoded()) }
            histories[id] = (history, batches)
        } else {
            throw Difference(description: "query \(id) is not open")
        }
        return response
    }

    private mutating func page(
        _ request: Protos_GetStateByRange, range: KeyRange, id: String, namespace: Bytes
    ) throws -> Protos_QueryResponse {
        let metadata = try Protos_QueryMetadata(serializedBytes: [UInt8](request.metadata))
        let page = try simulator.page(
            of: range, in: namespace, size: Int(metadata.pageSize), bookmark: Bytes(metadata.bookmark))
        var responseMetadata = Protos_QueryResponseMetadata()
        responseMetadata.fetchedRecordsCount = Int32(page.rows.count)
        responseMetadata.bookmark = page.bookmark.lossyText
        var response = Protos_QueryResponse()
        response.id = id
        response.results = page.rows.map { Self.result($0, namespace: namespace) }
        response.metadata = Data(try responseMetadata.serializedBytes() as [UInt8])
        return response
    }

    private static func result(_ row: StateRow, namespace: Bytes) -> Protos_QueryResultBytes {
        result(QueryResultKV(namespace: namespace, key: row.key, value: row.state.value).encoded())
    }

    private static func result(_ bytes: Bytes) -> Protos_QueryResultBytes {
        var result = Protos_QueryResultBytes()
        result.resultBytes = Data(bytes.array)
        return result
    }

    // MARK: - Comparison

    private func compare(
        _ answer: Answer, with recorded: Protos_ChaincodeMessage, to request: Protos_ChaincodeMessage
    ) throws {
        let payload = Bytes([UInt8](recorded.payload))
        func differs(_ ours: String) -> Difference {
            Difference(description: "\(request.type): \(ours), recorded \(recorded.type) \(payload.lossyText)")
        }
        switch answer {
        case .asRecorded:
            break
        case .failure(let message):
            guard recorded.type == .error, payload.lossyText.hasSuffix(": \(message)") else { throw differs(message) }
        case .bytes(let bytes):
            guard recorded.type == .response, bytes == payload else { throw differs("\(bytes)") }
        case .query(let response):
            let ours: [UInt8] = try response.serializedBytes()
            guard recorded.type == .response, Bytes(ours) == payload else { throw differs("\(response)") }
        case .metadata(let entries):
            let expected = try Protos_StateMetadataResult(serializedBytes: payload.array).entries
                .map { KVMetadataEntry(name: Bytes($0.metakey), value: Bytes([UInt8]($0.value))) }
            guard recorded.type == .response, Set(entries) == Set(expected) else { throw differs("\(entries)") }
        }
    }
}
