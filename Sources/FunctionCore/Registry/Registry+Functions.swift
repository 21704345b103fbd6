package import FunctionTypes

extension Registry {
    package mutating func createFunction(
        _ id: FunctionID, _ configuration: FunctionConfiguration, _ occasion: Occasion
    ) throws(FunctionError) -> FunctionRecord {
        var service = try service(id.organization, id.service)
        guard service.functions[id.function] == nil else {
            throw FunctionError(
                .functionAlreadyExists, "Function \"\(id.function)\" exists already in service \"\(id.service)\".")
        }
        guard service.functions.count < limits.functionCountMax else {
            throw Self.tooMany("functions", limits.functionCountMax, in: "service \"\(id.service)\"")
        }
        try ConfigurationRules.check(configuration)
        guard configuration.code != nil else {
            throw FunctionError(
                .invalidArgument, "Function \"\(id.function)\" has no code: send it as code.zipFile, base64 of a zip.")
        }
        let record = FunctionRecord(name: id.function, stamp: occasion.stamp(), configuration: configuration)
        service.functions[id.function] = record
        put(service)
        return record
    }

    /// Nothing changes, the ETag neither, if the configuration is the same.
    package mutating func updateFunction(
        _ id: FunctionID, ifMatch: String? = nil, _ occasion: Occasion,
        _ body: (inout FunctionConfiguration) throws(FunctionError) -> Void
    ) throws(FunctionError) -> FunctionRecord {
        try change(id) { record throws(FunctionError) in
            try Self.check(ifMatch, against: record.stamp, of: "Function \"\(id.function)\"")
            var configuration = record.configuration
            try body(&configuration)
            guard configuration != record.configuration else { return record }
            try ConfigurationRules.check(configuration)
            // The description is for people: instances that run need not be replaced for it.
            var comparable = configuration
            comparable.description = record.configuration.description
            if comparable != record.configuration { record.runtimeRevision += 1 }
            record.configuration = configuration
            record.stamp.touch(occasion.now)
            return record
        }
    }

    package mutating func deleteFunction(_ id: FunctionID, ifMatch: String? = nil) throws(FunctionError) {
        var service = try service(id.organization, id.service)
        guard let record = service.functions[id.function] else { throw Self.functionNotFound(id) }
        try Self.check(ifMatch, against: record.stamp, of: "Function \"\(id.function)\"")
        guard record.triggers.isEmpty else {
            throw FunctionError(
                .functionNotEmpty,
                "Function \"\(id.function)\" still has the triggers \(record.triggers.keys.sorted().map(\.rawValue).joined(separator: ", ")). Delete them first."
            )
        }
        service.functions[id.function] = nil
        put(service)
    }

    /// Digests of every code package that a function or a version needs.
    package var codeDigests: Set<String> {
        organizations.reduce(into: []) { $0.formUnion(codeDigests(of: $1)) }
    }

    /// Those that functions and versions of one organisation need.
    package func codeDigests(of organization: OrganizationName) -> Set<String> {
        var digests: Set<String> = []
        for service in services(of: organization) {
            for function in service.functions.values {
                if let code = function.configuration.code { digests.insert(code.digest) }
            }
            for version in service.versions.values {
                for function in version.functions.values {
                    if let code = function.code { digests.insert(code.digest) }
                }
            }
        }
        return digests
    }
}
