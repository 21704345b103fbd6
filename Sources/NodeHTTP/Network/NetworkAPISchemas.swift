internal import FunctionTypes

/// JSON Schemas of the network's values in the JSON API.
enum NetworkAPISchemas {
    static let all: [String: NetworkJSON] = [
        "Network": object(
            required: ["name", "organizations", "channels"],
            [
                "name": text, "organizations": list(reference("Organization")), "channels": list(text),
                "connectionsFolder": text,
                "mirror": object(required: ["peer", "problems"], ["peer": text, "problems": list(text)]),
            ]),
        "Organization": object(
            required: ["mspId", "peers", "orderers", "channels"],
            ["mspId": text, "peers": list(peer), "orderers": list(node), "channels": list(text)]),
        "ConnectionProfile": object(
            required: ["name", "version", "client", "organizations", "orderers", "peers", "channels"],
            [
                "name": text, "version": text, "client": map, "organizations": map, "orderers": map, "peers": map,
                "channels": map,
            ]),
        "Identity": object(
            required: [
                "name", "organization", "role", "units", "attributes", "expiresAt", "certificate", "mspFolder",
            ],
            [
                "name": text, "organization": text, "role": role, "units": list(text), "attributes": texts,
                "expiresAt": time, "certificate": text, "mspFolder": text,
            ]),
        "IdentityRequest": object(
            required: ["name"],
            ["name": text, "role": role, "units": list(text), "attributes": texts, "validDays": integer]),
        "Channel": object(
            required: ["name", "height", "configSequence", "configBlock", "organizations", "ordering", "capabilities"],
            [
                "name": text, "height": integer, "currentBlockHash": text, "previousBlockHash": text,
                "configSequence": integer, "configBlock": integer, "organizations": list(text),
                "ordererOrganizations": list(text), "ordererAddresses": list(text),
                "capabilities": object(
                    required: ["channel", "orderer", "application"],
                    ["channel": text, "orderer": text, "application": text]),
                "ordering": object(
                    required: ["consensus"],
                    [
                        "consensus": text, "isInMaintenance": boolean, "maxMessageCount": integer,
                        "absoluteMaxBytes": integer, "preferredMaxBytes": integer, "batchTimeout": text,
                    ]),
                "policies": texts, "problem": text,
            ]),
        "Definition": object(
            required: ["name"],
            [
                "name": text, "sequence": integer, "version": text, "isInitRequired": boolean,
                "endorsementPlugin": text, "validationPlugin": text, "endorsementPolicy": text,
                "collections": list(text), "problem": text,
                "approvals": ["type": "object", "additionalProperties": boolean],
            ]),
        "Block": object(
            required: ["number", "hash", "previousHash", "dataHash", "byteCount", "transactionCount", "validCount"],
            [
                "number": integer, "hash": text, "previousHash": text, "dataHash": text, "byteCount": integer,
                "transactionCount": integer, "validCount": integer, "isConfig": boolean, "configBlock": integer,
                "commitHash": text, "time": time, "orderers": list(identity),
                "transactions": list(reference("Transaction")),
            ]),
        "Transaction": object(
            required: ["index", "transaction", "code", "isValid"],
            [
                "block": integer, "index": integer, "transaction": text, "code": text, "isValid": boolean,
                "type": text, "time": time, "creator": identity, "contract": text, "function": text, "event": text,
                "eventPayload": bytes("value"), "arguments": list(bytes("value")), "endorsers": list(identity),
                "response": object(
                    required: ["status"], ["status": integer, "message": text].merging(fields("payload")) { $1 }),
                "reads": list(access), "writes": list(access),
                "explanation": object(
                    required: ["message"],
                    [
                        "message": text, "missingOrganizations": list(text),
                        "conflict": object(
                            required: ["namespace"],
                            [
                                "namespace": text, "collection": text, "keyHash": text, "readVersion": version,
                                "winner": object(
                                    required: ["block", "index"],
                                    ["block": integer, "index": integer, "transaction": text]),
                            ].merging(keys) { $1 }),
                    ]),
            ]),
        "Activity": object(
            required: ["isComplete", "firstBlock", "height", "days"],
            [
                "isComplete": boolean, "firstBlock": integer, "height": integer,
                "days": list(
                    object(
                        required: [
                            "day", "blockCount", "transactionCount", "invalidCount", "byteCount", "endorsementCount",
                            "endorsementByteCount",
                        ],
                        [
                            "day": ["type": "string", "format": "date"], "blockCount": integer,
                            "transactionCount": integer, "invalidCount": integer, "byteCount": integer,
                            "endorsementCount": integer, "endorsementByteCount": integer,
                            "timeToCommit": object(
                                required: ["count", "p50Milliseconds", "p95Milliseconds"],
                                ["count": integer, "p50Milliseconds": number, "p95Milliseconds": number]),
                        ])),
            ]),
        "StateKey": object(
            required: ["version"], ["version": version].merging(fields("key")) { $1 }.merging(fields("value")) { $1 }),
        "KeyWrite": object(
            required: ["block", "index"],
            [
                "block": integer, "index": integer, "transaction": text, "time": time, "creator": identity,
                "function": text, "isDelete": boolean,
            ].merging(fields("value")) { $1 }),
    ]

    private static let text: NetworkJSON = ["type": "string"]
    private static let time: NetworkJSON = ["type": "string", "description": "As 2024-02-01T03:04:05.678Z."]
    private static let integer: NetworkJSON = ["type": "integer"]
    private static let number: NetworkJSON = ["type": "number"]
    private static let boolean: NetworkJSON = ["type": "boolean"]
    private static let texts: NetworkJSON = ["type": "object", "additionalProperties": text]
    private static let map: NetworkJSON = ["type": "object"]
    private static let role: NetworkJSON = ["type": "string", "enum": ["client", "admin", "peer", "orderer"]]
    private static let node = object(required: ["name", "address"], ["name": text, "address": text])
    private static let peer = object(
        required: ["name", "address", "heights"],
        ["name": text, "address": text, "heights": ["type": "object", "additionalProperties": integer]])
    private static let identity = object(
        required: [], ["mspId": text, "name": text, "certificate": certificate])
    private static let certificate = object(
        required: ["subject", "issuer", "serialNumber", "notBefore", "notAfter", "pem"],
        [
            "subject": text, "issuer": text, "organizationalUnits": list(text), "serialNumber": text,
            "notBefore": time, "notAfter": time, "pem": text,
        ])
    /// Null where the key was missing.
    private static let version: NetworkJSON = [
        "type": ["object", "null"], "properties": ["block": integer, "index": integer],
    ]
    private static let access = object(
        required: ["namespace"],
        [
            "namespace": text, "collection": text, "keyHash": text, "version": version, "isDelete": boolean,
        ].merging(keys) { $1 }.merging(fields("value")) { $1 })
    private static let keys = fields("key").merging(fields("rangeStart")) { $1 }.merging(fields("rangeEnd")) { $1 }

    /// Bytes as text, or in base64 where they are none; cut ones say how long they are.
    private static func fields(_ name: String) -> [String: NetworkJSON] {
        [name: text, "\(name)Base64": text, "\(name)ByteCount": integer]
    }

    private static func bytes(_ name: String) -> NetworkJSON { object(required: [], fields(name)) }

    private static func list(_ items: NetworkJSON) -> NetworkJSON { ["type": "array", "items": items] }

    private static func reference(_ schema: String) -> NetworkJSON {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }

    private static func object(required: [String], _ properties: [String: NetworkJSON]) -> NetworkJSON {
        [
            "type": "object", "required": .array(required.map { .string($0) }),
            "properties": .object(properties),
        ]
    }
}
