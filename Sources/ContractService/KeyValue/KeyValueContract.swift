package import DuetContract
package import FabricTypes

/// The contract that a plain node brings along: keys and values, with a method for each thing that a contract can do.
///
/// To try a network with, and to see how contracts are written.
package struct KeyValueContract: Contract {
    package static let name = "keyvalue"

    package init(name: String) {}

    package static var methods: [ContractMethod<KeyValueContract>] {
        ContractMethod("put", "key", "value", body: KeyValueContract.put)
        ContractMethod("get", "key", body: KeyValueContract.get)
        ContractMethod("delete", "key", body: KeyValueContract.delete)
        ContractMethod("add", "key", "amount", body: KeyValueContract.add)
        ContractMethod("range", "start", "end", body: KeyValueContract.range)
        ContractMethod("page", "start", "end", "size", "bookmark", body: KeyValueContract.page)
        ContractMethod("query", "selector", body: KeyValueContract.query)
        ContractMethod("history", "key", body: KeyValueContract.history)
        ContractMethod("require", "key", "policy", body: KeyValueContract.require)
        ContractMethod("putPrivate", "collection", "key", body: KeyValueContract.putPrivate)
        ContractMethod("getPrivate", "collection", "key", body: KeyValueContract.getPrivate)
        ContractMethod("privateHash", "collection", "key", body: KeyValueContract.privateHash)
        ContractMethod("deletePrivate", "collection", "key", body: KeyValueContract.deletePrivate)
        ContractMethod("purgePrivate", "collection", "key", body: KeyValueContract.purgePrivate)
        ContractMethod("call", "contract", "arguments", body: KeyValueContract.call)
        ContractMethod("schedule", "organization", "service", "function", "payload", body: KeyValueContract.schedule)
        ContractMethod("ask", "key", "function", "payload", body: KeyValueContract.ask)
        ContractMethod("whoAmI", body: KeyValueContract.whoAmI)
        ContractMethod("fail", "message", body: KeyValueContract.fail)
    }

    /// Sets a key and tells it with an event `put`.
    func put(_ stub: ContractStub, key: String, value: Bytes) throws {
        try stub.putState(key, value)
        try stub.setEvent("put", Bytes(key))
    }

    func get(_ stub: ContractStub, key: String) throws -> Bytes {
        guard let value = try stub.getState(key) else { throw ContractError("There is no key \"\(key)\".") }
        return value
    }

    func delete(_ stub: ContractStub, key: String) throws {
        try stub.deleteState(key)
        try stub.setEvent("delete", Bytes(key))
    }

    /// Reads a number and writes the sum: two at a time conflict.
    func add(_ stub: ContractStub, key: String, amount: Int) throws -> Int {
        let text = try stub.getState(key)?.utf8Text ?? "0"
        guard let old = Int(text) else { throw ContractError("The value of \"\(key)\" is no number.") }
        let (sum, isOverflow) = old.addingReportingOverflow(amount)
        guard !isOverflow else { throw ContractError("The sum is more than a number holds.") }
        try stub.putState(key, Bytes(String(sum)))
        return sum
    }

    func range(_ stub: ContractStub, start: String, end: String) throws -> [Entry] {
        let rows = try stub.getStateByRange(start, end)
        defer { rows.close() }
        return try entries(rows)
    }

    func page(_ stub: ContractStub, start: String, end: String, size: Int, bookmark: String) throws -> Page {
        let page = try stub.getStateByRange(start, end, pageSize: size, bookmark: Bytes(bookmark))
        return Page(entries: page.rows.map { Entry($0) }, bookmark: page.bookmark.lossyText)
    }

    /// - Parameter selector: a CouchDB query.
    func query(_ stub: ContractStub, selector: String) throws -> [Entry] {
        let rows = try stub.getQueryResult(selector)
        defer { rows.close() }
        return try entries(rows)
    }

    func history(_ stub: ContractStub, key: String) throws -> [Change] {
        let rows = try stub.getHistory(forKey: key)
        defer { rows.close() }
        var changes: [Change] = []
        while let row = try rows.next() {
            changes.append(
                Change(transaction: row.transactionID, value: row.value.lossyText, isDelete: row.isDelete))
        }
        return changes
    }

    /// Sets who must endorse changes of a key.
    ///
    /// - Parameter policy: an encoded `SignaturePolicyEnvelope`; empty for the contract's own policy.
    func require(_ stub: ContractStub, key: String, policy: Bytes) throws {
        try stub.setStateValidationParameter(key, policy.isEmpty ? nil : policy)
    }

    /// Takes the value from the transient map, where it is under `value`, so that it never enters a block.
    func putPrivate(_ stub: ContractStub, collection: String, key: String) throws {
        guard let value = stub.transient["value"] else {
            throw ContractError("The transient map has no \"value\".")
        }
        try stub.putPrivateData(collection, key, value)
    }

    func getPrivate(_ stub: ContractStub, collection: String, key: String) throws -> Bytes {
        guard let value = try stub.getPrivateData(collection, key) else {
            throw ContractError("There is no key \"\(key)\" in \"\(collection)\".")
        }
        return value
    }

    func privateHash(_ stub: ContractStub, collection: String, key: String) throws -> Bytes {
        try stub.getPrivateDataHash(collection, key) ?? Bytes()
    }

    func deletePrivate(_ stub: ContractStub, collection: String, key: String) throws {
        try stub.deletePrivateData(collection, key)
    }

    func purgePrivate(_ stub: ContractStub, collection: String, key: String) throws {
        try stub.purgePrivateData(collection, key)
    }

    /// Calls another contract of the channel, or this one.
    func call(_ stub: ContractStub, contract: String, arguments: [String]) throws -> Bytes {
        let answer = stub.invokeContract(contract, arguments.map { Bytes($0) })
        guard answer.status < 400 else { throw ContractError("\(contract) answered: \(answer.message)") }
        return answer.payload
    }

    /// Has a function run if and once the transaction is valid, and counts it under `scheduled`, so that two at a time conflict.
    func schedule(
        _ stub: ContractStub, organization: String, service: String, function: String, payload: Bytes
    ) throws {
        try stub.schedule(organization: organization, service: service, function: function, payload: payload)
        _ = try add(stub, key: "scheduled", amount: 1)
    }

    /// Calls a function and keeps what it answers under a key.
    func ask(_ stub: ContractStub, key: String, function: String, payload: Bytes) throws -> Bytes {
        let answer: Bytes = try stub.callFunction(function, payload)
        try stub.putState(key, answer)
        return answer
    }

    func whoAmI(_ stub: ContractStub) throws -> String {
        try stub.caller().mspID
    }

    func fail(_ stub: ContractStub, message: String) throws {
        throw ContractError(message)
    }

    private func entries(_ rows: StateIterator) throws -> [Entry] {
        var entries: [Entry] = []
        while let row = try rows.next() { entries.append(Entry(row)) }
        return entries
    }

    struct Entry: Codable {
        let key: String
        let value: String

        init(_ entry: StateEntry) {
            key = entry.key.lossyText
            value = entry.value.lossyText
        }
    }

    struct Page: Codable, ContractResult {
        let entries: [Entry]
        let bookmark: String
    }

    struct Change: Codable {
        let transaction: String
        let value: String
        let isDelete: Bool
    }
}
