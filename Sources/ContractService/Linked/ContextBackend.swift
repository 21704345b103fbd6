internal import DuetContract
internal import FabricTypes
internal import LedgerCore

/// Answers a linked contract's stub from the peer's own context, without a message in between.
struct ContextBackend: StubBackend {
    let context: ContractContext

    func state(of key: Bytes, in collection: Bytes) throws(ContractError) -> Bytes {
        try ask { () throws(ContractCallError) in try context.state(of: key, in: collection) }
    }

    func states(of keys: [Bytes], in collection: Bytes) throws(ContractError) -> [Bytes] {
        try ask { () throws(ContractCallError) in try context.states(of: keys, in: collection) }
    }

    func privateDataHash(of key: Bytes, in collection: Bytes) throws(ContractError) -> Bytes {
        try ask { () throws(ContractCallError) in try context.privateDataHash(of: key, in: collection) }
    }

    func metadata(of key: Bytes, in collection: Bytes) throws(ContractError) -> [KVMetadataEntry] {
        try ask { () throws(ContractCallError) in try context.metadata(of: key, in: collection) }
    }

    func write(_ write: StubWrite) throws(ContractError) {
        try ask { () throws(ContractCallError) in
            switch write {
            case .put(let value, let key, let collection): try context.put(value, at: key, in: collection)
            case .delete(let key, let collection): try context.delete(key, in: collection)
            case .purge(let key, let collection): try context.purge(key, in: collection)
            case .putMetadata(let entry, let key, let collection):
                try context.putMetadata(entry, of: key, in: collection)
            }
        }
    }

    func write(batch: [StubWrite]) throws(ContractError) {
        let writes = batch.map { write -> ContractWrite in
            switch write {
            case .put(let value, let key, let collection): .put(value, key: key, collection: collection)
            case .delete(let key, let collection): .delete(key: key, collection: collection)
            case .purge(let key, let collection): .purge(key: key, collection: collection)
            case .putMetadata(let entry, let key, let collection):
                .putMetadata(entry, key: key, collection: collection)
            }
        }
        try ask { () throws(ContractCallError) in try context.write(writes) }
    }

    func range(from start: Bytes, to end: Bytes, in collection: Bytes) throws(ContractError) -> StubQuery<QueryResultKV>
    {
        let range = KeyRange(start: start, end: end)
        return rows(try ask { () throws(ContractCallError) in try context.range(range, in: collection) })
    }

    func page(from start: Bytes, to end: Bytes, size: Int, bookmark: Bytes) throws(ContractError) -> StubPage {
        let range = KeyRange(start: start, end: end)
        let page = try ask { () throws(ContractCallError) in
            try context.page(of: range, size: size, bookmark: bookmark)
        }
        return StubPage(rows: page.rows, bookmark: page.bookmark)
    }

    func query(_ query: Bytes, in collection: Bytes) throws(ContractError) -> StubQuery<QueryResultKV> {
        rows(try ask { () throws(ContractCallError) in try context.query(query, in: collection) })
    }

    func queryPage(_ query: Bytes, size: Int, bookmark: Bytes) throws(ContractError) -> StubPage {
        let page = try ask { () throws(ContractCallError) in
            try context.queryPage(query, size: size, bookmark: bookmark)
        }
        return StubPage(rows: page.rows, bookmark: page.bookmark)
    }

    func history(of key: Bytes) throws(ContractError) -> StubQuery<KeyModification> {
        let query = try ask { () throws(ContractCallError) in try context.history(of: key) }
        return StubQuery(
            rows: query.first.rows, hasMore: query.first.hasMore,
            next: { () throws(ContractError) in
                let batch = try ask { () throws(ContractCallError) in try context.nextModifications(of: query.id) }
                return (batch.rows, batch.hasMore)
            }, close: { context.close(query.id) })
    }

    func invoke(_ target: Bytes, arguments: [Bytes]) -> ContractResponse {
        do throws(ContractCallError) {
            switch try context.invoke(target, arguments: arguments) {
            case .completed(let response, _):
                return ContractResponse(
                    status: response.status, message: response.message.lossyText, payload: response.payload)
            case .failed(let reason):
                return ContractResponse(status: 500, payload: Bytes(reason))
            }
        } catch {
            return ContractResponse(status: 500, payload: Bytes(error.message))
        }
    }

    private func rows(_ query: ContractQuery<QueryResultKV>) -> StubQuery<QueryResultKV> {
        StubQuery(
            rows: query.first.rows, hasMore: query.first.hasMore,
            next: { () throws(ContractError) in
                let batch = try ask { () throws(ContractCallError) in try context.nextRows(of: query.id) }
                return (batch.rows, batch.hasMore)
            }, close: { context.close(query.id) })
    }

    private func ask<Value>(_ body: () throws(ContractCallError) -> Value) throws(ContractError) -> Value {
        do throws(ContractCallError) {
            return try body()
        } catch {
            throw ContractError(error.message)
        }
    }
}
