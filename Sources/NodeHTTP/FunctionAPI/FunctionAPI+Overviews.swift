internal import FunctionCore
internal import FunctionService
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore

extension FunctionAPI {
    var overviewRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/functions", "listFunctions", "List the organisation's functions and what runs of them.",
                parameters: [.query("service", "Only functions of this service."), Self.organization],
                answer: .list("FunctionSummary")
            ) { call in JSONAnswer.value(.array(try listFunctions(call))) },
            APIRoute(
                .get, "/api/functions/{service}/{function}", "getFunction",
                "Describe a function with its triggers, versions and instances.",
                parameters: [Self.service, Self.function, Self.organization], answer: .json("Function")
            ) { call in JSONAnswer.value(try describe(try functionID(call))) },
            APIRoute(
                .get, "/api/triggers", "listTriggers", "List the triggers of the organisation's functions.",
                parameters: [Self.organization], answer: .list("Trigger")
            ) { call in JSONAnswer.value(.array(try listTriggers(call))) },
            APIRoute(
                .get, "/api/usage", "listUsage", "What functions used, by month.",
                parameters: [
                    .query("month", "Only this month, such as 2024-02 (UTC)."),
                    .query("service", "Only functions of this service."), Self.organization,
                ], answer: .list("Usage")
            ) { call in
                let service = call.query("service")
                let records = try await platform.usage(of: try organization(call), month: call.query("month"))
                return JSONAnswer.value(
                    .array(records.filter { service == nil || service == $0.key.function.service.rawValue }.map(\.json))
                )
            },
        ]
    }

    private func listFunctions(_ call: APICall) throws(FunctionError) -> [JSONValue] {
        let organization = try organization(call)
        let services = platform.registry.read { $0.services(of: organization) }
        let wanted = call.query("service")
        return services.filter { wanted == nil || wanted == $0.name.rawValue }.flatMap { service in
            service.functions.values.sorted { $0.name < $1.name }.map { .object(summary($0, in: service)) }
        }
    }

    private func describe(_ id: FunctionID) throws(FunctionError) -> JSONValue {
        let (function, service) = try platform.registry.read { registry throws(FunctionError) in
            (try registry.function(id), try registry.service(id.organization, id.service))
        }
        return JSONValue.object(summary(function, in: service)).merging([
            "configuration": function.json, "codeDigest": .string(function.configuration.code?.digest ?? ""),
            "triggers": .array(function.triggers.values.sorted { $0.name < $1.name }.map(\.json)),
            "versions": .array(service.versions.values.sorted { $0.id < $1.id }.map(\.json)),
            "aliases": .array(service.aliases.values.sorted { $0.name < $1.name }.map(\.json)),
            "instances": .array(platform.instanceIDs(of: id).map { .string($0.rawValue) }),
        ])
    }

    private func summary(_ function: FunctionRecord, in service: ServiceRecord) -> [String: JSONValue] {
        let id = FunctionID(organization: service.organization, service: service.name, function: function.name)
        let triggers = function.triggers.values.sorted { $0.name < $1.name }
        return [
            "organization": .string(id.organization.rawValue), "service": .string(id.service.rawValue),
            "function": .string(id.function.rawValue), "runtime": .string(function.configuration.runtime),
            "handler": .string(function.configuration.handler),
            "memoryMegabytes": .integer(Int64(function.configuration.memoryMegabytes)),
            "timeoutSeconds": .integer(Int64(function.configuration.timeoutSeconds)),
            "triggerTypes": .array(triggers.map { .string($0.configuration.source.typeName) }),
            "instanceCount": .integer(Int64(platform.instanceIDs(of: id).count)),
            "modifiedAt": .string(function.stamp.modifiedAt.iso8601),
        ]
    }

    private func listTriggers(_ call: APICall) throws(FunctionError) -> [JSONValue] {
        let organization = try organization(call)
        return platform.registry.read { $0.services(of: organization) }.flatMap { service in
            service.functions.values.sorted { $0.name < $1.name }.flatMap { function in
                function.triggers.values.sorted { $0.name < $1.name }.map { trigger in
                    trigger.json.merging([
                        "service": .string(service.name.rawValue), "function": .string(function.name.rawValue),
                        "path": trigger.path(service.name, function.name),
                    ])
                }
            }
        }
    }
}

extension TriggerRecord {
    /// Where an HTTP trigger answers; null for others.
    fileprivate func path(_ service: ServiceName, _ function: FunctionName) -> JSONValue {
        guard case .http = configuration.source else { return .null }
        let qualifier = configuration.qualifier == .latest ? "" : ".\(configuration.qualifier)"
        return .string("/\(FunctionSurface.version)/proxy/\(service)\(qualifier)/\(function)/")
    }
}

extension UsageRecord {
    fileprivate var json: JSONValue {
        [
            "organization": .string(key.function.organization.rawValue), "month": .string(key.month),
            "service": .string(key.function.service.rawValue), "function": .string(key.function.function.rawValue),
            "invocations": .integer(invocationCount), "errors": .integer(errorCount),
            "coldStarts": .integer(coldStartCount), "gigabyteSeconds": .number(gigabyteSeconds),
            "bytesIn": .integer(byteCountIn), "bytesOut": .integer(byteCountOut),
        ]
    }
}
