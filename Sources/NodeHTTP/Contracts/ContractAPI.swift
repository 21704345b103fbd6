package import FabricTypes
internal import FunctionTypes
internal import HTTPTypes

/// A contract that is linked into the node, as the JSON API shows it.
package struct ContractView: Sendable {
    package let name: String
    /// What organisations approve it by.
    package let packageID: String
    /// Its description: a JSON document in the form of Fabric's contract metadata.
    package let metadata: Bytes

    package init(name: String, packageID: String, metadata: Bytes) {
        self.name = name
        self.packageID = packageID
        self.metadata = metadata
    }
}

/// The contracts of the node's program in the JSON API: their methods, with the JSON schemas of what these take and answer.
///
/// What a channel says of a contract is the network's to show; calls go through Fabric's protocols.
package struct ContractAPI: Sendable {
    private let contracts: [ContractView]

    package init(contracts: [ContractView]) {
        self.contracts = contracts
    }

    package var group: APIGroup {
        APIGroup(
            name: "Contracts",
            routes: [
                APIRoute(
                    .get, "/api/contracts", "listContracts", "List the contracts that are linked into the node.",
                    answer: .list("Contract")
                ) { _ in JSONAnswer.value(.array(contracts.map { Self.describe($0) })) },
                APIRoute(
                    .get, "/api/contracts/{contract}", "getContract",
                    "Describe a contract that is linked into the node, with JSON schemas of its methods' arguments and answers.",
                    parameters: [.path("contract", "Name of the contract.")], answer: .json("Contract")
                ) { call in
                    let name = call.path("contract")
                    guard let contract = contracts.first(where: { $0.name == name }) else {
                        let known = contracts.map(\.name).joined(separator: ", ")
                        throw APIError(
                            status: .notFound, code: "ContractNotFound",
                            message: "No contract \"\(name.prefix(100))\" is linked into this node; it has "
                                + "\(known.isEmpty ? "none" : known).")
                    }
                    return JSONAnswer.value(Self.describe(contract))
                },
            ], schemas: ContractAPISchemas.all)
    }

    private static func describe(_ contract: ContractView) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(contract.name), "packageId": .string(contract.packageID),
        ]
        // Written by this program; a contract without readable metadata still has its name.
        let metadata = try? JSONValue(parsing: contract.metadata.array)
        members["methods"] = metadata?["contracts"]?[contract.name]?["transactions"]
        return .object(members)
    }
}

/// JSON Schemas of contracts in the JSON API.
private enum ContractAPISchemas: JSONSchemas {
    static let all: [String: JSONValue] = [
        "Contract": object(
            required: ["name", "packageId"],
            ["name": text, "packageId": text, "methods": list(reference("ContractMethod"))]),
        "ContractMethod": object(
            required: ["name"],
            [
                "name": text, "parameters": list(reference("ContractParameter")),
                "returns": schema("JSON Schema of the answer; absent where nothing is answered or known of it."),
            ]),
        "ContractParameter": object(
            required: ["name", "schema"], ["name": text, "schema": schema("JSON Schema of the argument.")]),
    ]

    private static func schema(_ description: String) -> JSONValue {
        ["type": "object", "description": .string(description)]
    }
}
