package import FunctionTypes
internal import HTTPTypes

/// The description of the JSON API, OpenAPI 3.1, made from the routes themselves.
package enum OpenAPIDocument {
    package static func build(_ groups: [APIGroup]) -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        var schemas: [String: JSONValue] = ["Error": errorSchema]
        for group in groups {
            for route in group.routes {
                paths[route.template, default: [:]][route.method.rawValue.lowercased()] = operation(route, group)
            }
            schemas.merge(group.schemas) { first, _ in first }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Duet", "version": "1",
                "description":
                    "Everything of a node that no Fabric, Function Compute or Log Service client covers. Errors are {\"error\": {\"code\", \"message\", \"position\", \"problems\"}}.",
            ],
            "security": [["accessKey": []], ["session": []], [:]],
            "tags": .array(groups.map { ["name": .string($0.name)] }),
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": [
                    "accessKey": [
                        "type": "http", "scheme": "bearer",
                        "description": "An access key as <id>.<secret>. On loopback calls may be anonymous.",
                    ],
                    "session": [
                        "type": "apiKey", "in": "cookie", "name": .string(SessionAPI.cookieName),
                        "description": "What POST /api/session answers a browser's login with.",
                    ],
                ],
            ],
        ]
    }

    private static func operation(_ route: APIRoute, _ group: APIGroup) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(route.operationID), "summary": .string(route.summary),
            "description": .string("Needs the role \"\(route.role.rawValue)\" or more."), "tags": [.string(group.name)],
            "parameters": .array(
                route.parameters.map { parameter in
                    [
                        "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
                        "description": .string(parameter.summary), "required": .bool(parameter.isRequired),
                        "schema": ["type": .string(parameter.type)],
                    ]
                }),
            "responses": ["default": failure, "200": answer(route.answer)],
        ]
        if case .nothing = route.answer { members["responses"] = ["default": failure, "204": answer(.nothing)] }
        if let type = route.bodyType {
            members["requestBody"] = ["required": true, "content": .object([type: [:]])]
        }
        if let body = route.body {
            members["requestBody"] = ["required": true, "content": ["application/json": ["schema": reference(body)]]]
        }
        return .object(members)
    }

    private static func answer(_ answer: APIRoute.Answer) -> JSONValue {
        switch answer {
        case .json(let schema):
            ["description": "Done.", "content": ["application/json": ["schema": reference(schema)]]]
        case .list(let schema):
            [
                "description": "Done.",
                "content": ["application/json": ["schema": ["type": "array", "items": reference(schema)]]],
            ]
        case .events(let schema):
            [
                "description": "Server-sent events until the client goes; an event's id resumes behind it.",
                "content": ["text/event-stream": ["schema": reference(schema)]],
            ]
        case .file(let type): ["description": "Done.", "content": .object([type: [:]])]
        case .nothing: ["description": "Done."]
        }
    }

    private static let failure: JSONValue = [
        "description": "The call was refused or failed.",
        "content": ["application/json": ["schema": reference("Error")]],
    ]

    private static let errorSchema: JSONValue = [
        "type": "object", "required": ["error"],
        "properties": [
            "error": [
                "type": "object", "required": ["code", "message"],
                "properties": [
                    "code": ["type": "string"], "message": ["type": "string"],
                    "position": ["type": "integer", "description": "Where in the text, in UTF-8 bytes from 0."],
                    "problems": ["type": "array", "items": ["type": "object"]],
                ],
            ]
        ],
    ]

    private static func reference(_ schema: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }
}
