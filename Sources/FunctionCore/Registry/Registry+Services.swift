package import FunctionTypes

extension Registry {
    package mutating func createService(
        _ organization: OrganizationName, _ name: ServiceName, _ configuration: ServiceConfiguration,
        _ occasion: Occasion
    ) throws(FunctionError) -> ServiceRecord {
        guard services[organization]?[name] == nil else {
            throw FunctionError(
                .serviceAlreadyExists, "Service \"\(name)\" exists already in organization \"\(organization)\".")
        }
        guard (services[organization]?.count ?? 0) < limits.serviceCountMax else {
            throw Self.tooMany("services", limits.serviceCountMax, in: "organization \"\(organization)\"")
        }
        try ConfigurationRules.check(configuration)
        let record = ServiceRecord(
            organization: organization, name: name, stamp: occasion.stamp(), configuration: configuration)
        put(record)
        return record
    }

    /// Nothing changes, the ETag neither, if the configuration is the same.
    package mutating func updateService(
        _ organization: OrganizationName, _ name: ServiceName, ifMatch: String? = nil, _ occasion: Occasion,
        _ body: (inout ServiceConfiguration) throws(FunctionError) -> Void
    ) throws(FunctionError) -> ServiceRecord {
        var record = try service(organization, name)
        try Self.check(ifMatch, against: record.stamp, of: "Service \"\(name)\"")
        var configuration = record.configuration
        try body(&configuration)
        guard configuration != record.configuration else { return record }
        try ConfigurationRules.check(configuration)
        record.configuration = configuration
        record.stamp.touch(occasion.now)
        // Every instance carries the service's settings: new ones replace the old.
        for name in record.functions.keys { record.functions[name]?.runtimeRevision += 1 }
        put(record)
        return record
    }

    package mutating func deleteService(
        _ organization: OrganizationName, _ name: ServiceName, ifMatch: String? = nil
    ) throws(FunctionError) {
        let record = try service(organization, name)
        try Self.check(ifMatch, against: record.stamp, of: "Service \"\(name)\"")
        let content = [
            (record.functions.count, "functions"), (record.versions.count, "versions"),
            (record.aliases.count, "aliases"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        guard content.isEmpty else {
            throw FunctionError(
                .serviceNotEmpty,
                "Service \"\(name)\" still has \(content.joined(separator: ", ")). Delete them first.")
        }
        removeService(organization, name)
    }

    package mutating func setTags(
        _ organization: OrganizationName, _ name: ServiceName, _ body: (inout [String: String]) -> Void
    ) throws(FunctionError) {
        var record = try service(organization, name)
        body(&record.tags)
        guard record.tags.count <= limits.tagCountMax else {
            throw Self.tooMany("tags", limits.tagCountMax, in: "service \"\(name)\"")
        }
        for (key, value) in record.tags where key.isEmpty || key.utf8.count > 64 || value.utf8.count > 128 {
            throw FunctionError(
                .invalidArgument, "Tag \"\(key.prefix(80))\" is not valid: a key has 1 to 64 bytes, a value up to 128.")
        }
        put(record)
    }

    static func tooMany(_ what: String, _ limit: Int, in place: String) -> FunctionError {
        FunctionError(
            .limitExceeded, "There are \(limit) \(what) in \(place) already, the most allowed. Delete some first.")
    }
}
