internal import DuetContract

extension Marbles {
    /// All marbles and all owners that are not retired, in the order of their keys.
    func readEverything(_ stub: ContractStub) throws -> ContractResponse {
        let lastDigits = String(repeating: "9", count: 19)
        let marbles = try values(stub, "m0", "m\(lastDigits)").map { value in
            var marble = Marble()
            marble.take(value)
            return marble.json
        }
        let owners = try values(stub, "o0", "o\(lastDigits)").compactMap { value in
            var owner = Owner()
            owner.take(value)
            return owner.isEnabled ? owner.json : nil
        }
        return json(["owners": list(owners), "marbles": list(marbles)])
    }

    /// What a marble has been, newest first. A deletion is a marble without anything.
    func history(_ stub: ContractStub) throws -> ContractResponse {
        let key = try exactly(1, stub)[0]
        let changes = try stub.getHistory(forKey: key)
        defer { changes.close() }
        var entries: [JSONValue] = []
        // What a value does not say stays as it was read from the one before, as in the original.
        var marble = Marble()
        while let change = try changes.next() {
            if !change.value.isEmpty { marble.take(change.value) }
            entries.append([
                "txId": .string(change.transactionID), "value": (change.value.isEmpty ? Marble() : marble).json,
            ])
        }
        return json(list(entries))
    }

    /// Keys and stored bytes of a range. The original pastes them together: JSON only where all values are.
    func range(_ stub: ContractStub) throws -> ContractResponse {
        let arguments = try exactly(2, stub)
        let rows = try stub.getStateByRange(arguments[0], arguments[1])
        defer { rows.close() }
        var items: [[UInt8]] = []
        while let row = try rows.next() {
            if isStrict {
                let record = (try? JSONValue(parsing: row.value)) ?? .string(row.value.lossyText)
                let item: JSONValue = ["Key": .string(row.key.lossyText), "Record": record]
                items.append(item.encoded(escaping: .go).array)
                continue
            }
            items.append(
                Array("{\"Key\":\"".utf8) + row.key.array + Array("\", \"Record\":".utf8) + row.value.array
                    + Array("}".utf8))
        }
        let inner = items.joined(separator: [UInt8(ascii: ",")])
        return .success(Bytes([UInt8(ascii: "[")] + inner + [UInt8(ascii: "]")]))
    }

    private func values(_ stub: ContractStub, _ start: String, _ end: String) throws -> [Bytes] {
        let rows = try stub.getStateByRange(start, end)
        defer { rows.close() }
        var values: [Bytes] = []
        while let row = try rows.next() { values.append(row.value) }
        return values
    }

    /// Go writes a list that was never begun as `null`.
    private func list(_ values: [JSONValue]) -> JSONValue {
        values.isEmpty ? .null : .array(values)
    }

    private func json(_ value: JSONValue) -> ContractResponse {
        .success(value.encoded(escaping: .go))
    }
}
