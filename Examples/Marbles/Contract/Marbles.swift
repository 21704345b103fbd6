public import DuetContract

/// Who owns which marble, agreed on by the companies that trade them.
///
/// One type under two names. As `marbles` it does what the public demonstration's chaincode does, to the byte, so that the
/// original can endorse beside it. As `marbles-strict` it announces an event for each change, lets companies act only for
/// themselves, refuses what could bypass that, and always writes well-formed JSON.
public struct Marbles: Contract {
    public static let compatibleName = "marbles"
    public static let strictName = "marbles-strict"

    /// The version that the demonstration's application looks for.
    static let interfaceVersion = "4.0.1"

    /// What the contract itself writes.
    private static let ownKeys: Set<Bytes> = [Bytes("selftest"), Bytes("marbles_ui")]

    let isStrict: Bool

    public init(name: String) {
        isStrict = name == Self.strictName
    }

    public static var methods: [ContractMethod<Marbles>] {
        ContractMethod("init", "number", raw: Marbles.start)
        ContractMethod("read", "key", raw: Marbles.read)
        ContractMethod("write", "key", "value", raw: Marbles.write)
        ContractMethod("init_owner", "owner", "username", "company", raw: Marbles.registerOwner)
        ContractMethod("init_marble", "marble", "color", "size", "owner", "company", raw: Marbles.create)
        ContractMethod("set_owner", "marble", "owner", "company", raw: Marbles.transfer)
        ContractMethod("delete_marble", "marble", "company", raw: Marbles.delete)
        ContractMethod("disable_owner", "owner", "company", raw: Marbles.retire)
        ContractMethod(pointsFunction, "owner", "points", raw: Marbles.grantPoints)
        ContractMethod("read_everything", raw: Marbles.readEverything)
        ContractMethod("getHistory", "key", raw: Marbles.history)
        ContractMethod("getMarblesByRange", "start", "end", raw: Marbles.range)
    }

    public func initialize(_ stub: ContractStub) throws -> ContractResponse {
        try start(stub)
    }

    public func invoke(_ stub: ContractStub) throws -> ContractResponse {
        let name = stub.function
        if isStrict, name.utf8.elementsEqual(ContractMetadata.method.utf8) {
            return .success(Self.metadata(name: stub.contractName))
        }
        let isOriginal = !name.utf8.elementsEqual(Self.pointsFunction.utf8)
        guard isStrict || isOriginal,
            let method = Self.methods.first(where: { $0.name.utf8.elementsEqual(name.utf8) })
        else {
            throw ContractError("Received unknown invoke function name - '\(name)'")
        }
        return try method.run(on: self, stub)
    }

    // MARK: - Start-up keys and generic access

    func start(_ stub: ContractStub) throws -> ContractResponse {
        if isStrict, try stub.getState("marbles_ui") != nil {
            throw ContractError("The contract has been initialised already.", status: 409)
        }
        if stub.parameters.count == 1, !stub.parameters[0].isEmpty {
            guard let number = stub.parameters[0].utf8Text.flatMap({ Int64($0) }) else {
                throw ContractError("Expecting a numeric string argument to Init() for instantiate")
            }
            try stub.putState("selftest", Bytes(String(number)))
        }
        try stub.putState("marbles_ui", Bytes(Self.interfaceVersion))
        return .success()
    }

    func read(_ stub: ContractStub) throws -> ContractResponse {
        let arguments = try arguments(stub, count: 1, expecting: "key of the var to query")
        return .success(try stub.getState(arguments[0]) ?? Bytes())
    }

    func write(_ stub: ContractStub) throws -> ContractResponse {
        if isStrict { throw ContractError("Writing any key is not part of this contract.", status: 403) }
        let arguments = try arguments(stub, count: 2, expecting: "2. key of the variable and value to set")
        try stub.putState(arguments[0], arguments[1])
        return .success()
    }

    // MARK: - Rules

    /// The longest argument, in bytes.
    private static let byteCountMax = 32

    /// The arguments of a call, checked as all functions that change something do.
    func arguments(_ stub: ContractStub, count: Int, expecting: String? = nil) throws -> [Bytes] {
        let arguments = try exactly(count, stub, expecting: expecting)
        for (index, argument) in arguments.enumerated() {
            guard !argument.isEmpty else { throw ContractError("Argument \(index) must be a non-empty string") }
            guard argument.count <= Self.byteCountMax else {
                throw ContractError("Argument \(index) must be <= 32 characters")
            }
        }
        return arguments
    }

    func exactly(_ count: Int, _ stub: ContractStub, expecting: String? = nil) throws -> [Bytes] {
        guard stub.parameters.count == count else {
            throw ContractError("Incorrect number of arguments. Expecting \(expecting ?? String(count))")
        }
        return stub.parameters
    }

    /// Lets a company act only through its own members, where the contract is strict.
    ///
    /// A company is an organisation of the channel: its name without spaces is the MSP ID, with or without `MSP` behind.
    func checkActsForItself(_ company: String, _ stub: ContractStub) throws {
        guard isStrict else { return }
        let caller = try stub.caller().mspID
        let name = company.filter { $0 != " " }
        guard [name, "\(name)MSP"].contains(where: { $0.utf8.elementsEqual(caller.utf8) }) else {
            throw ContractError("A member of \(caller) cannot act for the company '\(company)'.", status: 403)
        }
    }

    /// Keeps a new record from taking the place of another kind of record, which may be another company's, where the contract is
    /// strict.
    func checkIsFree(_ key: Bytes, _ stub: ContractStub) throws {
        guard isStrict else { return }
        if key.first == 0 || Self.ownKeys.contains(key) {
            throw ContractError("The id '\(key.lossyText)' is reserved.", status: 400)
        }
        guard try stub.getState(key) == nil else {
            throw ContractError("The id '\(key.lossyText)' is taken.", status: 409)
        }
    }

    /// Tells the world of a change, where the contract is strict.
    func announce(_ name: String, _ payload: JSONValue, _ stub: ContractStub) throws {
        if isStrict { try stub.setEvent(name, payload.encoded(escaping: .go)) }
    }
}
