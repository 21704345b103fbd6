internal import FunctionTypes

/// JSON Schemas of functions' values in the JSON API.
enum FunctionAPISchemas: JSONSchemas {
    static let all: [String: JSONValue] = [
        "Deployment": object(
            required: ["template"],
            [
                "template": ["type": "string", "description": "The text of template.yml."],
                "parameters": ["type": "object"], "organizations": list(text),
                "codes": [
                    "type": "object", "additionalProperties": text,
                    "description": "The digest of each function's code, by service/function.",
                ], "isDryRun": boolean, "isRemoval": boolean,
            ]),
        "DeploymentResult": object(
            required: ["changes", "notices", "isUnchanged"],
            [
                "changes": list(
                    object(
                        required: ["action", "organization", "kind", "name", "details"],
                        [
                            "action": [
                                "type": "string", "enum": ["create", "update", "unchanged", "left", "remove"],
                            ], "organization": text, "kind": text, "name": text, "details": list(text),
                        ])),
                "notices": list(
                    object(required: ["line", "key", "text"], ["line": integer, "key": text, "text": text])),
                "isUnchanged": boolean,
            ]),
        "CodePackage": object(
            required: ["digest", "byteCount", "checksum"],
            ["digest": text, "byteCount": integer, "checksum": text]),
        "FunctionSummary": object(required: ["organization", "service", "function", "runtime"], summaryMembers),
        "Function": object(
            required: ["organization", "service", "function", "runtime", "configuration"],
            summaryMembers.merging(
                [
                    "configuration": ["type": "object"], "codeDigest": text, "triggers": list(["type": "object"]),
                    "versions": list(["type": "object"]), "aliases": list(["type": "object"]), "instances": list(text),
                ], uniquingKeysWith: { first, _ in first })),
        "Trigger": object(
            required: ["service", "function", "triggerName", "triggerType"],
            [
                "service": text, "function": text, "triggerName": text, "triggerType": text,
                "triggerConfig": ["type": "object"], "path": ["type": ["string", "null"]], "qualifier": text,
                "sourceArn": ["type": ["string", "null"]], "description": text, "invocationRole": text,
                "createdTime": text, "lastModifiedTime": text,
            ]),
        "Usage": object(
            required: ["organization", "month", "service", "function", "invocations"],
            [
                "organization": text, "month": text, "service": text, "function": text, "invocations": integer,
                "errors": integer, "coldStarts": integer, "gigabyteSeconds": number, "bytesIn": integer,
                "bytesOut": integer,
            ]),
        "Invocation": invocation,
        "DeadLetter": object(
            required: ["number", "condition", "error", "buriedAt", "invocation", "payloadByteCount"],
            [
                "number": integer, "condition": text, "error": text, "buriedAt": text, "codeDigest": text,
                "versionId": text, "invocation": reference("Invocation"), "payload": text,
                "payloadBase64": text, "payloadByteCount": integer,
            ]),
        "DeadLetterEvent": object(required: [], ["payload": text, "payloadBase64": text]),
        "Redrive": object(required: [], ["payload": text, "payloadBase64": text]),
        "Redriven": object(required: ["invocationId"], ["invocationId": text]),
        "Purged": object(required: ["purged"], ["purged": integer]),
    ]

    private static let invocation = object(
        required: ["invocationId", "requestId", "status", "serviceName", "functionName"],
        [
            "invocationId": text, "requestId": text, "status": text, "enqueuedTime": integer, "startedTime": integer,
            "endTime": integer, "destinationStatus": text, "invocationErrorMessage": text,
            "alreadyRetriedTimes": integer, "serviceName": text, "functionName": text, "qualifier": text,
            "invocationPayload": text,
        ])

    private static let summaryMembers: [String: JSONValue] = [
        "organization": text, "service": text, "function": text, "runtime": text, "handler": text,
        "memoryMegabytes": integer, "timeoutSeconds": integer, "triggerTypes": list(text), "instanceCount": integer,
        "modifiedAt": text,
    ]
}
