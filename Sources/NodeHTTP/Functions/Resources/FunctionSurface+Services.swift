internal import FunctionCore
internal import FunctionService
internal import FunctionTypes
internal import HTTPTypes

extension FunctionSurface {
    func createService(_ call: FunctionCall) async throws -> FunctionAnswer {
        let body = FunctionBody(try await call.json())
        let name = try body.name(ServiceName.self, "serviceName")
        var configuration = ServiceConfiguration()
        try body.apply(to: &configuration)
        let made = configuration
        let record = try await platform.registry.change { registry, occasion in
            try registry.createService(call.organization, name, made, occasion)
        }
        return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
    }

    func listServices(_ call: FunctionCall) throws(FunctionError) -> FunctionAnswer {
        let tags = call.request.target.queryItems.filter { $0.name.hasPrefix("tag_") }
        let services = platform.registry.read { $0.services(of: call.organization) }.filter { service in
            tags.allSatisfy { service.tags[String($0.name.dropFirst(4))] == $0.value }
        }
        return try call.page(of: services, as: "services", by: \.name.rawValue, \.json)
    }

    func answerService(_ call: FunctionCall, _ service: QualifiedService) async throws -> FunctionAnswer {
        let organization = call.organization
        switch call.request.method {
        case .get:
            let record = try platform.registry.read { registry throws(FunctionError) in
                try registry.service(organization, service.name)
            }
            guard let version = try record.version(service.qualifier) else {
                return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
            }
            var published = record
            published.configuration = version.service
            return FunctionAnswer(
                published.json.merging(["versionId": .string(version.id.description)]),
                entityTag: version.stamp.entityTag)
        case .put:
            let body = FunctionBody(try await call.json())
            let record = try await platform.registry.change { registry, occasion in
                try registry.updateService(organization, service.name, ifMatch: call.ifMatch, occasion) {
                    configuration throws(FunctionError) in
                    try body.apply(to: &configuration)
                }
            }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case .delete:
            try await platform.registry.change { registry, _ in
                try registry.deleteService(organization, service.name, ifMatch: call.ifMatch)
            }
            return .deleted
        default:
            throw notSupported(call)
        }
    }

    // Versions.

    func answerVersions(_ call: FunctionCall, _ service: ServiceName, _ id: String?) async throws -> FunctionAnswer {
        let organization = call.organization
        switch (call.request.method, id) {
        case (.post, nil):
            let description = try FunctionBody(try await call.json()).text("description")
            let record = try await platform.registry.change { registry, occasion in
                try registry.publishVersion(
                    organization, service, description: description, ifMatch: call.ifMatch, occasion)
            }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case (.get, nil):
            let record = try platform.registry.read { registry throws(FunctionError) in
                try registry.service(organization, service)
            }
            return try listVersions(call, record)
        case (.delete, .some(let text)):
            guard let version = VersionID(text) else {
                throw FunctionError(.invalidArgument, "\"\(text.prefix(40))\" is not a version's number.")
            }
            try await platform.registry.change { registry, _ in
                try registry.deleteVersion(organization, service, version)
            }
            return .deleted
        default:
            throw notSupported(call)
        }
    }

    /// Versions are paged by number, newest first unless asked otherwise.
    private func listVersions(_ call: FunctionCall, _ record: ServiceRecord) throws(FunctionError) -> FunctionAnswer {
        let isForward = call.query("direction")?.uppercased() == "FORWARD"
        let sorted = record.versions.values.sorted { isForward ? $0.id < $1.id : $0.id > $1.id }
        let token = call.query("nextToken").flatMap { $0.isEmpty ? nil : $0 } ?? call.query("startKey")
        let start = token.flatMap { VersionID($0) }
        let rest = sorted.filter { version in start.map { isForward ? version.id >= $0 : version.id <= $0 } ?? true }
        let limit = try call.limit() ?? 100
        return FunctionAnswer(
            .object(present: [
                "versions": .array(rest.prefix(limit).map(\.json)),
                "direction": .string(isForward ? "FORWARD" : "BACKWARD"),
                "nextToken": rest.count > limit ? .string(rest[limit].id.description) : nil,
            ]))
    }

    // Aliases.

    func answerAliases(_ call: FunctionCall, _ service: ServiceName, _ text: String?) async throws -> FunctionAnswer {
        let organization = call.organization
        guard let text else {
            switch call.request.method {
            case .post:
                let body = FunctionBody(try await call.json())
                let name = try body.name(AliasName.self, "aliasName")
                let alias = try body.alias()
                let record = try await platform.registry.change { registry, occasion in
                    try registry.createAlias(organization, service, name, alias, occasion)
                }
                return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
            case .get:
                let aliases = try platform.registry.read { registry throws(FunctionError) in
                    try registry.service(organization, service).aliases.values.sorted { $0.name < $1.name }
                }
                return try call.page(of: aliases, as: "aliases", by: \.name.rawValue, \.json)
            default:
                throw notSupported(call)
            }
        }
        let name = try checked(AliasName.self, text)
        switch call.request.method {
        case .get:
            let record = try platform.registry.read { registry throws(FunctionError) in
                try registry.service(organization, service).aliases[name]
            }
            guard let record else { throw Registry.aliasNotFound(name, service) }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case .put:
            let body = FunctionBody(try await call.json())
            let record = try await platform.registry.change { registry, occasion in
                try registry.updateAlias(organization, service, name, ifMatch: call.ifMatch, occasion) {
                    alias throws(FunctionError) in
                    try body.apply(to: &alias)
                }
            }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case .delete:
            try await platform.registry.change { registry, _ in
                try registry.deleteAlias(organization, service, name, ifMatch: call.ifMatch)
            }
            return .deleted
        default:
            throw notSupported(call)
        }
    }
}

extension ServiceRecord {
    /// The published version that a qualifier means; nil for the unpublished state.
    func version(_ qualifier: Qualifier?) throws(FunctionError) -> VersionRecord? {
        let id: VersionID
        switch qualifier {
        case nil, .latest: return nil
        case .version(let version): id = version
        case .alias(let alias):
            guard let record = aliases[alias] else { throw Registry.aliasNotFound(alias, name) }
            id = record.configuration.version
        }
        guard let version = versions[id] else { throw Registry.versionNotFound(id, name) }
        return version
    }
}
