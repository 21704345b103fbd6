package import FunctionTypes

extension Registry {
    /// Freezes the unpublished state under the next number.
    package mutating func publishVersion(
        _ organization: OrganizationName, _ name: ServiceName, description: String?, ifMatch: String? = nil,
        _ occasion: Occasion
    ) throws(FunctionError) -> VersionRecord {
        var service = try service(organization, name)
        try Self.check(ifMatch, against: service.stamp, of: "Service \"\(name)\"")
        let functions = service.functions.mapValues(\.configuration)
        if let last = service.versions.values.max(by: { $0.id < $1.id }), last.service == service.configuration,
            last.functions == functions
        {
            throw FunctionError(
                .invalidArgument,
                "Service \"\(name)\" has not changed since version \(last.id). Change something before publishing again."
            )
        }
        guard service.versions.count < limits.versionCountMax else {
            throw Self.tooMany("versions", limits.versionCountMax, in: "service \"\(name)\"")
        }
        let record = VersionRecord(
            id: VersionID(service.versionNext), stamp: occasion.stamp(), description: description,
            service: service.configuration, functions: functions)
        service.versions[record.id] = record
        service.versionNext += 1
        put(service)
        return record
    }

    package mutating func deleteVersion(
        _ organization: OrganizationName, _ name: ServiceName, _ id: VersionID
    ) throws(FunctionError) {
        var service = try service(organization, name)
        guard service.versions[id] != nil else { throw Self.versionNotFound(id, name) }
        if let alias = service.aliases.values.sorted(by: { $0.name < $1.name }).first(where: {
            $0.configuration.version == id || $0.configuration.additionalVersionWeights[id] != nil
        }) {
            throw FunctionError(
                .invalidArgument,
                "Version \(id) of service \"\(name)\" is used by alias \"\(alias.name)\". Change the alias first.")
        }
        service.versions[id] = nil
        put(service)
    }

    package mutating func createAlias(
        _ organization: OrganizationName, _ name: ServiceName, _ alias: AliasName, _ configuration: AliasConfiguration,
        _ occasion: Occasion
    ) throws(FunctionError) -> AliasRecord {
        var service = try service(organization, name)
        guard service.aliases[alias] == nil else {
            throw FunctionError(.aliasAlreadyExists, "Alias \"\(alias)\" exists already on service \"\(name)\".")
        }
        guard service.aliases.count < limits.aliasCountMax else {
            throw Self.tooMany("aliases", limits.aliasCountMax, in: "service \"\(name)\"")
        }
        try Self.check(configuration, in: service)
        let record = AliasRecord(name: alias, stamp: occasion.stamp(), configuration: configuration)
        service.aliases[alias] = record
        put(service)
        return record
    }

    package mutating func updateAlias(
        _ organization: OrganizationName, _ name: ServiceName, _ alias: AliasName, ifMatch: String? = nil,
        _ occasion: Occasion, _ body: (inout AliasConfiguration) throws(FunctionError) -> Void
    ) throws(FunctionError) -> AliasRecord {
        var service = try service(organization, name)
        guard var record = service.aliases[alias] else { throw Self.aliasNotFound(alias, name) }
        try Self.check(ifMatch, against: record.stamp, of: "Alias \"\(alias)\"")
        var configuration = record.configuration
        try body(&configuration)
        guard configuration != record.configuration else { return record }
        try Self.check(configuration, in: service)
        record.configuration = configuration
        record.stamp.touch(occasion.now)
        service.aliases[alias] = record
        put(service)
        return record
    }

    package mutating func deleteAlias(
        _ organization: OrganizationName, _ name: ServiceName, _ alias: AliasName, ifMatch: String? = nil
    ) throws(FunctionError) {
        var service = try service(organization, name)
        guard let record = service.aliases[alias] else { throw Self.aliasNotFound(alias, name) }
        try Self.check(ifMatch, against: record.stamp, of: "Alias \"\(alias)\"")
        service.aliases[alias] = nil
        put(service)
    }

    package static func versionNotFound(_ id: VersionID, _ service: ServiceName) -> FunctionError {
        FunctionError(.versionNotFound, "Version \(id) of service \"\(service)\" does not exist.")
    }

    package static func aliasNotFound(_ alias: AliasName, _ service: ServiceName) -> FunctionError {
        FunctionError(.aliasNotFound, "Alias \"\(alias)\" of service \"\(service)\" does not exist.")
    }

    private static func check(_ configuration: AliasConfiguration, in service: ServiceRecord) throws(FunctionError) {
        guard service.versions[configuration.version] != nil else {
            throw versionNotFound(configuration.version, service.name)
        }
        var sum = 0.0
        for (version, weight) in configuration.additionalVersionWeights.sorted(by: { $0.key < $1.key }) {
            guard service.versions[version] != nil else { throw versionNotFound(version, service.name) }
            guard version != configuration.version else {
                throw FunctionError(
                    .additionalVersionContainsMajorVersion,
                    "additionalVersionWeight names version \(version), which the alias stands for already. It takes what the others leave."
                )
            }
            guard weight >= 0, weight <= 1 else {
                throw FunctionError(
                    .invalidArgument, "The weight of version \(version) is \(weight): 0 to 1 is allowed.")
            }
            sum += weight
        }
        guard sum <= 1 + 1e-9 else {
            throw FunctionError(.invalidArgument, "The weights of additional versions sum to \(sum): 1 is the most.")
        }
    }
}
