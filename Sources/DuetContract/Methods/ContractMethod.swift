public import FabricTypes

/// A method of a contract, as clients see it.
public struct ContractMethod<Subject: Contract>: Sendable {
    public let description: ContractMethodDescription
    private let body: @Sendable (Subject, ContractStub) throws -> ContractResponse

    public var name: String { description.name }

    /// A method that reads its arguments itself.
    ///
    /// - Parameter parameters: the arguments' names, for descriptions; none where nothing is to be said of them.
    public init(
        _ name: String, _ parameters: String...,
        raw body: @escaping @Sendable (Subject) -> (ContractStub) throws -> ContractResponse
    ) {
        description = ContractMethodDescription(
            name: name,
            parameters: parameters.isEmpty
                ? nil
                : parameters.map { ContractMethodDescription.Parameter(name: $0, schema: String.contractSchema) },
            result: nil)
        self.body = { try body($0)($1) }
    }

    /// A method with typed arguments and a result.
    ///
    /// - Parameters:
    ///   - name: what clients call it by.
    ///   - parameters: the arguments' names, for messages and descriptions; one for each.
    ///   - body: the method, as in `Market.transfer`.
    public init<each Argument: ContractArgument, Answer: ContractResult>(
        _ name: String, _ parameters: String...,
        body: @escaping @Sendable (Subject) -> (ContractStub, repeat each Argument) throws -> Answer
    ) {
        let description = ContractMethodDescription(
            name: name, names: parameters, schemas: Self.schemas(of: repeat (each Argument).self),
            result: Answer.contractSchema)
        self.description = description
        self.body = { subject, stub in
            let arguments = try ArgumentReader(stub.parameters, description)
            let answer = try body(subject)(stub, repeat try arguments.next((each Argument).self))
            return .success(try answer.contractResult())
        }
    }

    /// A method with typed arguments that answers nothing.
    public init<each Argument: ContractArgument>(
        _ name: String, _ parameters: String...,
        body: @escaping @Sendable (Subject) -> (ContractStub, repeat each Argument) throws -> Void
    ) {
        let description = ContractMethodDescription(
            name: name, names: parameters, schemas: Self.schemas(of: repeat (each Argument).self), result: nil)
        self.description = description
        self.body = { subject, stub in
            let arguments = try ArgumentReader(stub.parameters, description)
            try body(subject)(stub, repeat try arguments.next((each Argument).self))
            return .success()
        }
    }

    /// Runs the method for a call, for contracts that choose methods themselves.
    public func run(on subject: Subject, _ stub: ContractStub) throws -> ContractResponse {
        try body(subject, stub)
    }

    private static func schemas<each Argument: ContractArgument>(
        of types: repeat (each Argument).Type
    ) -> [JSONValue] {
        var schemas: [JSONValue] = []
        for type in repeat each types { schemas.append(type.contractSchema) }
        return schemas
    }
}

/// Hands a method's arguments out one after another, each as its type.
private final class ArgumentReader {
    private let arguments: [Bytes]
    private let description: ContractMethodDescription
    private var index = 0

    /// - Throws: ``ContractError`` for another number of arguments than the method has.
    init(_ arguments: [Bytes], _ description: ContractMethodDescription) throws(ContractError) {
        let parameters = description.parameters ?? []
        guard arguments.count == parameters.count else {
            let names = parameters.map(\.name).joined(separator: ", ")
            throw ContractError(
                "The method \"\(description.name)\" takes \(parameters.count) arguments\(names.isEmpty ? "" : " (\(names))"), "
                    + "not \(arguments.count).")
        }
        self.arguments = arguments
        self.description = description
    }

    func next<Argument: ContractArgument>(_ type: Argument.Type) throws(ContractError) -> Argument {
        let position = index
        index += 1
        do throws(ContractError) {
            return try Argument(contractArgument: arguments[position])
        } catch {
            let name = description.parameters?[position].name ?? ""
            throw ContractError("The argument \"\(name)\" of \"\(description.name)\" cannot be used: \(error.message)")
        }
    }
}
