import DuetContract

/// A bottle of wine and who owns it.
struct Bottle: Codable, ContractArgument, ContractResult {
    var id: String
    var vintage: Int
    var owner: String
}

/// Several cellars agree on whose bottles are whose.
struct Cellar: Contract {
    init(name: String) {}

    static var methods: [ContractMethod<Cellar>] {
        ContractMethod("store", "bottle", body: Cellar.store)
        ContractMethod("sell", "id", "to", body: Cellar.sell)
        ContractMethod("bottle", "id", body: Cellar.bottle)
        ContractMethod("vintage", "year", body: Cellar.vintage)
    }

    /// Takes a bottle in. Its owner is whoever calls.
    func store(_ stub: ContractStub, bottle: Bottle) throws {
        guard try stub.getState(bottle.id) == nil else {
            throw ContractError("Bottle \(bottle.id) is stored already.", status: 409)
        }
        var bottle = bottle
        bottle.owner = try stub.caller().mspID
        try write(bottle, stub)
    }

    /// Hands a bottle over. Only its owner's organisation may.
    func sell(_ stub: ContractStub, id: String, to buyer: String) throws -> Bottle {
        guard var bottle = try bottle(stub, id: id) else {
            throw ContractError("There is no bottle \(id).", status: 404)
        }
        guard try stub.caller().mspID == bottle.owner else {
            throw ContractError("Bottle \(id) belongs to \(bottle.owner).", status: 403)
        }
        bottle.owner = buyer
        try write(bottle, stub)
        try stub.setEvent("sold", bottle.contractResult())
        return bottle
    }

    func bottle(_ stub: ContractStub, id: String) throws -> Bottle? {
        try stub.getState(id).map { try JSONValue.decode(Bottle.self, from: $0) }
    }

    /// The ids of a year's bottles.
    func vintage(_ stub: ContractStub, year: Int) throws -> [String] {
        let rows = try stub.getStateByPartialCompositeKey(try CompositeKey("vintage", "\(year)"))
        defer { rows.close() }
        var ids: [String] = []
        while let row = try rows.next() {
            ids.append(try CompositeKey(splitting: row.key).attributes[1].lossyText)
        }
        return ids
    }

    private func write(_ bottle: Bottle, _ stub: ContractStub) throws {
        try stub.putState(bottle.id, bottle.contractResult())
        try stub.putState(try CompositeKey("vintage", "\(bottle.vintage)", bottle.id), Bytes("-"))
    }
}
