public import FabricTypes

/// What people and tools are told about a method.
public struct ContractMethodDescription: Sendable {
    public struct Parameter: Sendable {
        public let name: String
        /// A JSON schema.
        public let schema: JSONValue
    }

    public let name: String
    /// Nil for a method that reads its arguments itself.
    public let parameters: [Parameter]?
    /// A JSON schema; nil where nothing is answered, or nothing known of the answer.
    public let result: JSONValue?

    init(name: String, parameters: [Parameter]?, result: JSONValue?) {
        self.name = name
        self.parameters = parameters
        self.result = result
    }

    /// - Parameter names: arguments without a name are numbered.
    init(name: String, names: [String], schemas: [JSONValue], result: JSONValue?) {
        precondition(names.count <= schemas.count, "the method \(name) has an argument for each name")
        self.init(
            name: name,
            parameters: schemas.enumerated().map { index, schema in
                Parameter(name: index < names.count ? names[index] : "argument \(index + 1)", schema: schema)
            }, result: result)
    }
}

extension Contract {
    /// The contract's methods as a JSON document, in the form of Fabric's contract metadata.
    public static func metadata(name: String) -> Bytes {
        let transactions = methods.map(\.description).map { method -> JSONValue in
            var members = [JSONValue.Member("name", .string(method.name))]
            if let parameters = method.parameters {
                members.append(
                    JSONValue.Member(
                        "parameters",
                        .array(parameters.map { ["name": .string($0.name), "schema": $0.schema] })))
            }
            if let result = method.result { members.append(JSONValue.Member("returns", result)) }
            return .object(members)
        }
        let contract: JSONValue = ["name": .string(name), "transactions": .array(transactions)]
        return JSONValue.object([
            JSONValue.Member("contracts", .object([JSONValue.Member(name, contract)]))
        ]).encoded()
    }
}

/// How contracts are asked for their description. Source: Fabric's contract libraries.
public enum ContractMetadata {
    /// For contracts that choose methods themselves, and answer ``Contract/metadata(name:)`` to it.
    public static let method = "org.hyperledger.fabric:GetMetadata"
}
