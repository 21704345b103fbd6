/// A contract: the rules by which a channel's members change their shared state.
///
/// A type with methods. The peer makes one value for each call, so nothing is kept between calls but the ledger's state.
/// Methods are synchronous and must depend on nothing but their arguments and the stub: several organisations run them and
/// compare every byte.
///
/// ```swift
/// struct Greeter: Contract {
///     init(name: String) {}
///
///     static var methods: [ContractMethod<Greeter>] {
///         ContractMethod("greet", "who", body: Greeter.greet)
///     }
///
///     func greet(_ stub: ContractStub, who: String) throws -> String {
///         try stub.putState("greeted", Bytes(who))
///         return "Hello, \(who)"
///     }
/// }
/// ```
public protocol Contract: Sendable {
    /// - Parameter name: the name in the channel's definition. One type may serve several names and differ by them.
    init(name: String)

    /// What clients may call, by name.
    @ContractMethodBuilder<Self> static var methods: [ContractMethod<Self>] { get }

    /// The one call that a definition with init-required waits for. Answers with success unless the contract says more.
    func initialize(_ stub: ContractStub) throws -> ContractResponse

    /// Any other call: runs the method that the first argument names, unless the contract reads the arguments itself.
    /// `org.hyperledger.fabric:GetMetadata` answers the contract's description, as with Fabric's own contract libraries.
    func invoke(_ stub: ContractStub) throws -> ContractResponse
}

extension Contract {
    public static var methods: [ContractMethod<Self>] { [] }

    public func initialize(_ stub: ContractStub) throws -> ContractResponse {
        .success()
    }

    public func invoke(_ stub: ContractStub) throws -> ContractResponse {
        let name = stub.function
        if name == ContractMetadata.method { return .success(Self.metadata(name: stub.contractName)) }
        guard let method = Self.methods.first(where: { $0.name == name }) else {
            let known = Self.methods.map(\.name).sorted().joined(separator: ", ")
            throw ContractError("The contract has no method \"\(name)\"; it has \(known.isEmpty ? "none" : known).")
        }
        return try method.run(on: self, stub)
    }
}

/// Lets a contract list its methods one below the other.
@resultBuilder
public enum ContractMethodBuilder<Subject: Contract> {
    public static func buildBlock(_ methods: ContractMethod<Subject>...) -> [ContractMethod<Subject>] { methods }
}
