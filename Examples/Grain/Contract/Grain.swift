public import DuetContract

/// Who owns which lot of grain, and at which price it changed hands.
///
/// The price of a sale comes from no ledger: the contract asks the function `grain/quote` of each organisation that endorses, and
/// the sale stands only where they answer alike. How much grain an owner may have is no business of the contract either: that is
/// a rule of each organisation, which its endorsement check `grain/limit` looks after.
public struct Grain: Contract {
    public static let name = "grain"

    public init(name: String) {}

    public static var methods: [ContractMethod<Grain>] {
        ContractMethod("store", "lot", "crop", "tonnes", "owner", body: Grain.store)
        ContractMethod("sell", "lot", "buyer", body: Grain.sell)
        ContractMethod("lot", "lot", body: Grain.lot)
        ContractMethod("tonnesOf", "owner", body: Grain.tonnesOf)
    }

    public struct Lot: Codable, Equatable, ContractResult {
        public let crop: String
        public let tonnes: Int
        public var owner: String
        /// Of the last sale: whole euros for all tonnes; nil before there was one.
        public var price: Int?
    }

    /// What `grain/quote` is asked. The organisations' functions get the same bytes.
    struct Ask: Codable, ContractResult {
        let crop: String
    }

    /// What `grain/quote` answers.
    struct Quote: Codable, ContractArgument {
        let eurosPerTonne: Int
    }

    func store(_ stub: ContractStub, lot name: String, crop: String, tonnes: Int, owner: String) throws {
        guard tonnes > 0, tonnes <= 1_000_000 else { throw ContractError("A lot has 1 to 1000000 tonnes.") }
        let key = try CompositeKey("lot", name)
        guard try stub.getState(key) == nil else { throw ContractError("There is a lot \"\(name)\" already.") }
        try stub.putState(key, Lot(crop: crop, tonnes: tonnes, owner: owner).contractResult())
    }

    /// Sells a lot at the price of the moment.
    ///
    /// - Returns: the lot as it is now.
    func sell(_ stub: ContractStub, lot name: String, buyer: String) throws -> Lot {
        var lot = try lot(stub, lot: name)
        let quote: Quote = try stub.callFunction("grain/quote", Ask(crop: lot.crop))
        let (price, isOverflow) = quote.eurosPerTonne.multipliedReportingOverflow(by: lot.tonnes)
        guard quote.eurosPerTonne > 0, !isOverflow else {
            throw ContractError("\(quote.eurosPerTonne) euros a tonne is no price.")
        }
        lot.price = price
        lot.owner = buyer
        try stub.putState(try CompositeKey("lot", name), lot.contractResult())
        return lot
    }

    func lot(_ stub: ContractStub, lot name: String) throws -> Lot {
        guard let bytes = try stub.getState(try CompositeKey("lot", name)) else {
            throw ContractError("There is no lot \"\(name)\".", status: 404)
        }
        return try JSONValue.decode(Lot.self, from: bytes)
    }

    func tonnesOf(_ stub: ContractStub, owner: String) throws -> Int {
        let rows = try stub.getStateByPartialCompositeKey(CompositeKey("lot"))
        defer { rows.close() }
        var tonnes = 0
        while let row = try rows.next() {
            let lot = try JSONValue.decode(Lot.self, from: row.value)
            if lot.owner == owner { tonnes += lot.tonnes }
        }
        return tonnes
    }
}
