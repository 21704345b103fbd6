import DuetContract

/// The chaincode of the recorded channel, written anew in Swift: every operation that a stub has.
///
/// What each function does stands in the table of the recording's README.
struct RecordedContract: Contract {
    init(name: String) {}

    func initialize(_ stub: ContractStub) throws -> ContractResponse {
        let arguments = stub.parameters.map(\.lossyText).joined(separator: ",")
        try stub.putState("init", Bytes("\(stub.function)(\(arguments))"))
        return .success(Bytes("ready"))
    }

    func invoke(_ stub: ContractStub) throws -> ContractResponse {
        guard !stub.arguments.isEmpty else { throw ContractError("no function given") }
        return try call(stub, stub.function, stub.parameters)
    }

    private func call(_ stub: ContractStub, _ function: String, _ arguments: [Bytes]) throws -> ContractResponse {
        let call = Call(stub: stub, function: function, arguments: arguments)
        guard let (count, body) = Self.functions[function] else { throw ContractError("unknown function \(function)") }
        guard arguments.count >= count else { throw ContractError("\(function) needs \(count) arguments") }
        return try body(call)
    }

    struct Call {
        let stub: ContractStub
        let function: String
        let arguments: [Bytes]

        func text(_ index: Int) -> String { arguments[index].lossyText }
        func number(_ index: Int) -> Int { Int(text(index)) ?? 0 }
        func has(_ index: Int) -> Bool { index < arguments.count }
    }

    typealias Function = @Sendable (Call) throws -> ContractResponse

    private static let functions: [String: (Int, Function)] = [
        "put": (2, put), "get": (1, get), "multi": (1, multi), "del": (1, delete), "append": (2, append),
        "move": (3, move), "fill": (4, fill), "big": (2, big), "range": (3, range), "count": (4, count),
        "page": (4, page), "ckput": (2, putComposite), "ckscan": (1, { try scan($0, 0).response }),
        "ckscanput": (2, scanAndPut), "ckpage": (3, pageComposite), "history": (1, history), "event": (2, event),
        "call": (3, { try callOther($0, 0) }), "callput": (4, callAndPut), "setep": (1, setPolicy),
        "getep": (1, getPolicy), "pput": (2, putPrivate), "pget": (2, getPrivate), "pappend": (3, appendPrivate),
        "pcopy": (3, copyPrivate), "pdel": (2, deletePrivate), "ppurge": (2, purgePrivate), "phash": (2, hashPrivate),
        "prange": (3, rangePrivate), "psetep": (2, setPrivatePolicy), "pgetep": (2, getPrivatePolicy),
        "status": (2, status), "batch": (2, batch), "run": (1, run), "whoami": (0, whoAmI), "rich": (1, rich),
    ]

    // MARK: - Public state

    private static func put(_ call: Call) throws -> ContractResponse {
        for index in stride(from: 0, to: call.arguments.count - 1, by: 2) {
            try call.stub.putState(call.arguments[index], call.arguments[index + 1])
        }
        return .success()
    }

    private static func get(_ call: Call) throws -> ContractResponse {
        .success(try call.stub.getState(call.arguments[0]) ?? Bytes())
    }

    private static func multi(_ call: Call) throws -> ContractResponse {
        let values = try call.stub.getStates(call.arguments)
        return json(.array(values.map { .string(($0 ?? Bytes()).lossyText) }))
    }

    private static func delete(_ call: Call) throws -> ContractResponse {
        for key in call.arguments { try call.stub.deleteState(key) }
        return .success()
    }

    private static func append(_ call: Call) throws -> ContractResponse {
        let old = try call.stub.getState(call.arguments[0]) ?? Bytes()
        try call.stub.putState(call.arguments[0], Bytes(old.array + call.arguments[1].array))
        return .success(old)
    }

    private static func move(_ call: Call) throws -> ContractResponse {
        func number(_ key: Bytes) throws -> Int { Int((try call.stub.getState(key) ?? Bytes()).lossyText) ?? 0 }
        let (from, to) = (try number(call.arguments[0]), try number(call.arguments[1]))
        let amount = call.number(2)
        guard from >= amount else {
            throw ContractError(
                "\(call.text(0)) holds \(from), cannot give \(amount)", status: 409, payload: Bytes("refused"))
        }
        try call.stub.putState(call.arguments[0], Bytes("\(from - amount)"))
        try call.stub.putState(call.arguments[1], Bytes("\(to + amount)"))
        return .success(Bytes("\(from - amount),\(to + amount)"))
    }

    private static func fill(_ call: Call) throws -> ContractResponse {
        for index in 0..<call.number(1) {
            let digits = String(index)
            let padding = String(repeating: "0", count: max(0, call.number(2) - digits.count))
            try call.stub.putState(call.text(0) + padding + digits, call.arguments[3])
        }
        return .success()
    }

    private static func big(_ call: Call) throws -> ContractResponse {
        let value = Bytes((0..<call.number(1)).map { UInt8(ascii: "a") + UInt8($0 % 26) })
        try call.stub.putState(call.arguments[0], value)
        return .success()
    }

    private static func batch(_ call: Call) throws -> ContractResponse {
        call.stub.startWriteBatch()
        for index in stride(from: 0, to: call.arguments.count, by: 2) {
            if call.has(index + 1), !call.arguments[index + 1].isEmpty {
                try call.stub.putState(call.arguments[index], call.arguments[index + 1])
            } else {
                try call.stub.deleteState(call.arguments[index])
            }
        }
        try call.stub.finishWriteBatch()
        return .success()
    }

    // MARK: - Ranges, history, rich queries

    private static func rows(_ iterator: StateIterator, limit: Int) throws -> [StateEntry] {
        defer { iterator.close() }
        var rows: [StateEntry] = []
        while iterator.hasNext, limit == 0 || rows.count < limit, let row = try iterator.next() { rows.append(row) }
        return rows
    }

    private static func range(_ call: Call) throws -> ContractResponse {
        let iterator = try call.stub.getStateByRange(call.arguments[0], call.arguments[1])
        return json(array(try rows(iterator, limit: call.number(2))))
    }

    private static func count(_ call: Call) throws -> ContractResponse {
        let iterator = try call.stub.getStateByRange(call.arguments[0], call.arguments[1])
        let count = Bytes("\(try rows(iterator, limit: call.number(2)).count)")
        try call.stub.putState(call.arguments[3], count)
        return .success(count)
    }

    private static func page(_ call: Call) throws -> ContractResponse {
        json(
            page(
                try call.stub.getStateByRange(
                    call.arguments[0], call.arguments[1], pageSize: call.number(2), bookmark: call.arguments[3])))
    }

    private static func composite(_ call: Call, _ first: Int) throws -> CompositeKey {
        try CompositeKey(call.arguments[first], Array(call.arguments.dropFirst(first + 1)))
    }

    private static func putComposite(_ call: Call) throws -> ContractResponse {
        let key = try composite(call, 1)
        try call.stub.putState(key, call.arguments[0])
        return .success(key.keyBytes)
    }

    private static func scan(_ call: Call, _ first: Int) throws -> (response: ContractResponse, count: Int) {
        let iterator = try call.stub.getStateByPartialCompositeKey(composite(call, first))
        let rows = try rows(iterator, limit: 0)
        let lists = try rows.map { row -> JSONValue in
            let key = try CompositeKey(splitting: row.key)
            return .array(([key.objectType] + key.attributes + [row.value]).map { .string($0.lossyText) })
        }
        return (json(.array(lists)), rows.count)
    }

    private static func scanAndPut(_ call: Call) throws -> ContractResponse {
        let (response, count) = try scan(call, 1)
        try call.stub.putState(call.arguments[0], Bytes("\(count)"))
        return response
    }

    private static func pageComposite(_ call: Call) throws -> ContractResponse {
        json(
            page(
                try call.stub.getStateByPartialCompositeKey(
                    composite(call, 2), pageSize: call.number(0), bookmark: call.arguments[1])))
    }

    private static func history(_ call: Call) throws -> ContractResponse {
        let iterator = try call.stub.getHistory(forKey: call.arguments[0])
        defer { iterator.close() }
        var entries: [JSONValue] = []
        while let entry = try iterator.next() {
            entries.append([
                "deleted": .bool(entry.isDelete), "nanos": .integer(entry.timestamp?.nanoseconds ?? 0),
                "seconds": .integer(entry.timestamp?.seconds ?? 0), "txid": .string(entry.transactionID),
                "value": .string(entry.value.lossyText),
            ])
        }
        return json(.array(entries))
    }

    private static func rich(_ call: Call) throws -> ContractResponse {
        json(array(try rows(call.stub.getQueryResult(call.text(0)), limit: 0)))
    }

    // MARK: - Private data

    private static func putPrivate(_ call: Call) throws -> ContractResponse {
        let value = call.has(2) ? call.arguments[2] : call.stub.transient["value"] ?? Bytes()
        try call.stub.putPrivateData(call.text(0), call.arguments[1], value)
        return .success()
    }

    private static func getPrivate(_ call: Call) throws -> ContractResponse {
        .success(try call.stub.getPrivateData(call.text(0), call.arguments[1]) ?? Bytes())
    }

    private static func appendPrivate(_ call: Call) throws -> ContractResponse {
        let old = try call.stub.getPrivateData(call.text(0), call.arguments[1]) ?? Bytes()
        try call.stub.putPrivateData(call.text(0), call.arguments[1], Bytes(old.array + call.arguments[2].array))
        return .success()
    }

    private static func copyPrivate(_ call: Call) throws -> ContractResponse {
        let hash = try call.stub.getPrivateDataHash(call.text(0), call.arguments[1]) ?? Bytes()
        try call.stub.putState(call.arguments[2], Bytes(hash.hex))
        return .success(hash)
    }

    private static func deletePrivate(_ call: Call) throws -> ContractResponse {
        try call.stub.deletePrivateData(call.text(0), call.arguments[1])
        return .success()
    }

    private static func purgePrivate(_ call: Call) throws -> ContractResponse {
        try call.stub.purgePrivateData(call.text(0), call.arguments[1])
        return .success()
    }

    private static func hashPrivate(_ call: Call) throws -> ContractResponse {
        .success(try call.stub.getPrivateDataHash(call.text(0), call.arguments[1]) ?? Bytes())
    }

    private static func rangePrivate(_ call: Call) throws -> ContractResponse {
        let iterator = try call.stub.getPrivateDataByRange(call.text(0), call.arguments[1], call.arguments[2])
        return json(array(try rows(iterator, limit: 0)))
    }

    // MARK: - Policies of keys

    private static func setPolicy(_ call: Call) throws -> ContractResponse {
        try call.stub.setStateValidationParameter(call.arguments[0], call.has(1) ? call.arguments[1] : nil)
        return .success()
    }

    private static func getPolicy(_ call: Call) throws -> ContractResponse {
        .success(try call.stub.getStateValidationParameter(call.arguments[0]) ?? Bytes())
    }

    private static func setPrivatePolicy(_ call: Call) throws -> ContractResponse {
        try call.stub.setPrivateDataValidationParameter(
            call.text(0), call.arguments[1], call.has(2) ? call.arguments[2] : nil)
        return .success()
    }

    private static func getPrivatePolicy(_ call: Call) throws -> ContractResponse {
        .success(try call.stub.getPrivateDataValidationParameter(call.text(0), call.arguments[1]) ?? Bytes())
    }

    // MARK: - Answers, events, calls

    private static func status(_ call: Call) throws -> ContractResponse {
        if call.has(4) { try call.stub.putState(call.arguments[3], call.arguments[4]) }
        return ContractResponse(
            status: Int32(call.number(0)), message: call.text(1), payload: call.has(2) ? call.arguments[2] : Bytes())
    }

    private static func event(_ call: Call) throws -> ContractResponse {
        if call.has(3) { try call.stub.putState(call.arguments[2], call.arguments[3]) }
        try call.stub.setEvent(call.text(0), call.arguments[1])
        return .success()
    }

    private static func callOther(_ call: Call, _ first: Int) throws -> ContractResponse {
        let response = call.stub.invokeContract(
            call.text(first), Array(call.arguments.dropFirst(first + 2)), channel: call.text(first + 1))
        guard response.status < 400 else {
            return ContractResponse(
                status: response.status, message: "called chaincode: \(response.message)", payload: response.payload)
        }
        return .success(response.payload)
    }

    private static func callAndPut(_ call: Call) throws -> ContractResponse {
        let response = try callOther(call, 1)
        guard response.status < 400 else { return response }
        try call.stub.putState(call.arguments[0], response.payload)
        return response
    }

    private static func run(_ call: Call) throws -> ContractResponse {
        guard case .array(let calls) = try JSONValue(parsing: call.arguments[0]) else {
            throw ContractError("run needs a list")
        }
        var answers: [JSONValue] = []
        for case .array(let words) in calls {
            let words = words.map { Bytes($0.text ?? "") }
            let response = try RecordedContract(name: "").call(
                call.stub, words.first?.lossyText ?? "", Array(words.dropFirst()))
            guard response.status < 400 else { return response }
            answers.append(.string(response.payload.lossyText))
        }
        return json(.array(answers))
    }

    private static func whoAmI(_ call: Call) throws -> ContractResponse {
        let stub = call.stub
        let transient = stub.transient.sorted { $0.key < $1.key }
            .map { JSONValue.Member($0.key, .string($0.value.lossyText)) }
        return json([
            "args": .array(call.arguments.map { .string($0.lossyText) }), "binding": .string(stub.binding.hex),
            "channel": .string(stub.channelID), "mspid": .string(try stub.caller().mspID),
            "nanos": .integer(stub.timestamp?.nanoseconds ?? 0), "seconds": .integer(stub.timestamp?.seconds ?? 0),
            "transient": .object(transient), "txid": .string(stub.transactionID),
        ])
    }

    // MARK: - JSON

    private static func json(_ value: JSONValue) -> ContractResponse {
        .success(value.encoded(escaping: .go))
    }

    private static func array(_ rows: [StateEntry]) -> JSONValue {
        .array(rows.map { ["k": .string($0.key.lossyText), "v": .string($0.value.lossyText)] })
    }

    private static func page(_ page: StatePage) -> JSONValue {
        [
            "bookmark": .string(page.bookmark.lossyText), "count": .integer(page.rows.count), "rows": array(page.rows),
        ]
    }
}
