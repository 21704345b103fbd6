internal import FunctionCore
internal import FunctionService
internal import FunctionTypes
internal import HTTPTypes

extension FunctionSurface {
    // Asynchronous configuration.

    func answerAsyncConfiguration(_ call: FunctionCall, _ target: FunctionTarget) async throws -> FunctionAnswer {
        switch call.request.method {
        case .put, .post:
            let configuration = try FunctionBody(try await call.json()).asyncConfiguration(call.organization)
            for arn in [configuration.onSuccess, configuration.onFailure] {
                // Destinations in the cloud are kept, to be read back; sending to them fails and is recorded.
                if let arn, arn.hasPrefix("acs:fc:") { _ = try Destination.target(arn, from: call.organization) }
            }
            let record = try await platform.registry.change { registry, occasion in
                try registry.putAsyncConfiguration(target, configuration, occasion)
            }
            return FunctionAnswer(record.json(target), entityTag: record.stamp.entityTag)
        case .get:
            let record = try platform.registry.read { registry throws(FunctionError) in
                try registry.asyncConfiguration(target)
            }
            return FunctionAnswer(record.json(target), entityTag: record.stamp.entityTag)
        case .delete:
            try await platform.registry.change { registry, _ in try registry.deleteAsyncConfiguration(target) }
            return .deleted
        default:
            throw notSupported(call)
        }
    }

    func listAsyncConfigurations(_ call: FunctionCall, _ id: FunctionID) throws(FunctionError) -> FunctionAnswer {
        let configurations = try platform.registry.read { registry throws(FunctionError) in
            try registry.function(id).asyncConfigurations
        }
        let sorted = configurations.map { (FunctionTarget(id, qualifier: $0.key), $0.value) }
            .sorted { $0.0.qualifier.description < $1.0.qualifier.description }
        return try call.page(of: sorted, as: "configs", by: \.0.qualifier.description) { $0.1.json($0.0) }
    }

    // On-demand limits.

    func answerOnDemand(_ call: FunctionCall, _ target: FunctionTarget) async throws -> FunctionAnswer {
        switch call.request.method {
        case .put:
            guard let count = try FunctionBody(try await call.json()).integer("maximumInstanceCount") else {
                throw FunctionError(.invalidArgument, "maximumInstanceCount is missing.")
            }
            let record = try await platform.registry.change { registry, occasion in
                try registry.putOnDemand(target, instanceCountMax: count, ifMatch: call.ifMatch, occasion)
            }
            return FunctionAnswer(record.onDemandJSON(target), entityTag: record.stamp.entityTag)
        case .get:
            let record = try platform.registry.read { registry throws(FunctionError) in try registry.onDemand(target) }
            return FunctionAnswer(record.onDemandJSON(target), entityTag: record.stamp.entityTag)
        case .delete:
            try await platform.registry.change { registry, _ in
                try registry.deleteOnDemand(target, ifMatch: call.ifMatch)
            }
            return .deleted
        default:
            throw notSupported(call)
        }
    }

    func listOnDemand(_ call: FunctionCall) throws(FunctionError) -> FunctionAnswer {
        let entries = allCounts(call, \.onDemand)
        return try call.page(of: entries, as: "configs", by: \.0.resourceText) { $0.1.onDemandJSON($0.0) }
    }

    // Instances kept warm.

    func answerProvisioned(_ call: FunctionCall, _ target: FunctionTarget) async throws -> FunctionAnswer {
        switch call.request.method {
        case .put:
            guard let count = try FunctionBody(try await call.json()).integer("target") else {
                throw FunctionError(.invalidArgument, "target is missing.")
            }
            let record = try await platform.registry.change { registry, occasion in
                try registry.putProvisioned(target, count: count, ifMatch: call.ifMatch, occasion)
            }
            return FunctionAnswer(record.provisionJSON(target), entityTag: record.stamp.entityTag)
        case .get:
            let record = try platform.registry.read { registry throws(FunctionError) in
                try registry.function(target.id).provisioned[target.qualifier]
            }
            guard let record else {
                throw FunctionError(
                    .provisionConfigNotExists,
                    "Function \"\(target.id.service)/\(target.id.function)\" keeps no instances warm for \(target.qualifier)."
                )
            }
            let current = try platform.instanceIDs(of: target).count
            return FunctionAnswer(
                record.provisionJSON(target).merging(["current": .integer(Int64(min(current, record.count)))]),
                entityTag: record.stamp.entityTag)
        default:
            throw notSupported(call)
        }
    }

    func listProvisioned(_ call: FunctionCall) throws(FunctionError) -> FunctionAnswer {
        let service = call.query("serviceName")
        let qualifier = call.query("qualifier")
        let entries = allCounts(call, \.provisioned).filter { target, _ in
            (service == nil || service == target.id.service.rawValue)
                && (qualifier == nil || qualifier == target.qualifier.description)
        }
        return try call.page(of: entries, as: "provisionConfigs", by: \.0.resourceText) { target, record in
            // One whose qualifier names nothing any more has no instances.
            let current = (try? platform.instanceIDs(of: target).count) ?? 0
            return record.provisionJSON(target).merging(["current": .integer(Int64(min(current, record.count)))])
        }
    }

    private func allCounts(
        _ call: FunctionCall, _ records: (FunctionRecord) -> [Qualifier: InstanceCountRecord]
    ) -> [(FunctionTarget, InstanceCountRecord)] {
        platform.registry.read { $0.services(of: call.organization) }.flatMap { service in
            service.functions.values.flatMap { function in
                records(function).map { qualifier, record in
                    let id = FunctionID(
                        organization: call.organization, service: service.name, function: function.name)
                    return (FunctionTarget(id, qualifier: qualifier), record)
                }
            }
        }.sorted { $0.0.resourceText < $1.0.resourceText }
    }

    // Domains.

    func answerDomains(_ call: FunctionCall, _ path: [String]) async throws -> FunctionAnswer {
        let organization = call.organization
        guard let text = path.first else {
            switch call.request.method {
            case .post:
                let body = FunctionBody(try await call.json())
                let name = try body.name(CustomDomainName.self, "domainName")
                var configuration = CustomDomainConfiguration(protocolText: "HTTP", routes: [])
                try body.apply(to: &configuration)
                let made = configuration
                let record = try await platform.registry.change { registry, occasion in
                    try registry.createDomain(organization, name, made, occasion)
                }
                return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
            case .get:
                let domains = platform.registry.read { $0.domains }.values
                    .filter { $0.organization == organization }.sorted { $0.name < $1.name }
                return try call.page(of: domains, as: "customDomains", by: \.name.rawValue, \.json)
            default:
                throw notSupported(call)
            }
        }
        guard path.count == 1 else { throw notSupported(call) }
        let name = try checked(CustomDomainName.self, text)
        switch call.request.method {
        case .get:
            let record = try platform.registry.read { registry throws(FunctionError) in
                try registry.domain(organization, name)
            }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case .put:
            let body = FunctionBody(try await call.json())
            let record = try await platform.registry.change { registry, occasion in
                try registry.updateDomain(organization, name, ifMatch: call.ifMatch, occasion) {
                    domain throws(FunctionError) in
                    try body.apply(to: &domain)
                }
            }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case .delete:
            try await platform.registry.change { registry, _ in
                try registry.deleteDomain(organization, name, ifMatch: call.ifMatch)
            }
            return .deleted
        default:
            throw notSupported(call)
        }
    }

    // Tags: of services only, as in Function Compute.

    func answerTags(_ call: FunctionCall) async throws -> FunctionAnswer {
        let organization = call.organization
        let requestID = JSONValue.string(call.request.id)
        if call.request.method == .get {
            let arn = call.query("resourceArn") ?? ""
            let name = try Self.service(arn: arn)
            let service = try platform.registry.read { registry throws(FunctionError) in
                try registry.service(organization, name)
            }
            return FunctionAnswer([
                "requestId": requestID, "resourceArn": .string(arn),
                "tags": .object(service.tags.mapValues(JSONValue.string)),
            ])
        }
        let body = FunctionBody(try await call.json())
        let name = try Self.service(arn: try body.requiredText("resourceArn"))
        switch call.request.method {
        case .post:
            var tags: [String: String] = [:]
            for (key, value) in try body.object("tags")?.json.objectValue ?? [:] {
                tags[key] = value.stringValue ?? value.jsonText
            }
            guard !tags.isEmpty else { throw FunctionError(.invalidArgument, "tags is empty: give at least one.") }
            let made = tags
            try await platform.registry.change { registry, _ in
                try registry.setTags(organization, name) { $0.merge(made) { _, new in new } }
            }
        case .delete:
            let keys = try body.texts("tagKeys") ?? []
            let isAll = try body.boolean("all") ?? false
            try await platform.registry.change { registry, _ in
                try registry.setTags(organization, name) { tags in
                    if keys.isEmpty, isAll { tags = [:] }
                    for key in keys { tags[key] = nil }
                }
            }
        default:
            throw notSupported(call)
        }
        return FunctionAnswer(["requestId": requestID])
    }

    /// The service in `acs:fc:<region>:<account>:services/<name>`, or in its last part alone.
    private static func service(arn: String) throws(FunctionError) -> ServiceName {
        let resource = arn.split(separator: ":").last.map(String.init) ?? ""
        guard resource.hasPrefix("services/"), !resource.dropFirst(9).contains("/") else {
            throw FunctionError(
                .invalidArgument,
                "resourceArn is \"\(arn.prefix(120))\": write services/<name>; only services have tags.")
        }
        return try checked(ServiceName.self, String(resource.dropFirst(9)))
    }
}

extension AsyncRecord {
    func json(_ target: FunctionTarget) -> JSONValue {
        configuration.json.merging([
            "service": .string(target.id.service.rawValue), "function": .string(target.id.function.rawValue),
            "qualifier": .string(target.qualifier.description), "createdTime": .string(stamp.createdAt.iso8601),
            "lastModifiedTime": .string(stamp.modifiedAt.iso8601),
        ])
    }
}

extension InstanceCountRecord {
    func onDemandJSON(_ target: FunctionTarget) -> JSONValue {
        ["resource": .string(target.resourceText), "maximumInstanceCount": .integer(Int64(count))]
    }

    func provisionJSON(_ target: FunctionTarget) -> JSONValue {
        let parts = [
            target.id.organization.rawValue, target.id.service.rawValue, target.qualifier.description,
            target.id.function.rawValue,
        ]
        return ["resource": .string(parts.joined(separator: "#")), "target": .integer(Int64(count))]
    }
}

extension FunctionTarget {
    /// `services/shop.prod/functions/list`.
    var resourceText: String { "services/\(id.service).\(qualifier)/functions/\(id.function)" }
}
