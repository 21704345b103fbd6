package import FunctionTypes

extension Registry {
    package mutating func createDomain(
        _ organization: OrganizationName, _ name: CustomDomainName, _ configuration: CustomDomainConfiguration,
        _ occasion: Occasion
    ) throws(FunctionError) -> CustomDomainRecord {
        if let existing = domains[name] {
            let owner = existing.organization == organization ? "" : " in another organization"
            throw FunctionError(.domainNameAlreadyExists, "Custom domain \"\(name)\" exists already\(owner).")
        }
        guard domains.count < limits.domainCountMax else {
            throw Self.tooMany("custom domains", limits.domainCountMax, in: "this node")
        }
        try Self.check(configuration)
        let record = CustomDomainRecord(
            organization: organization, name: name, stamp: occasion.stamp(), configuration: configuration)
        put(record)
        return record
    }

    package func domain(
        _ organization: OrganizationName, _ name: CustomDomainName
    ) throws(FunctionError) -> CustomDomainRecord {
        guard let record = domains[name], record.organization == organization else {
            throw FunctionError(.domainNameNotFound, "Custom domain \"\(name)\" does not exist.")
        }
        return record
    }

    package mutating func updateDomain(
        _ organization: OrganizationName, _ name: CustomDomainName, ifMatch: String? = nil, _ occasion: Occasion,
        _ body: (inout CustomDomainConfiguration) throws(FunctionError) -> Void
    ) throws(FunctionError) -> CustomDomainRecord {
        var record = try domain(organization, name)
        try Self.check(ifMatch, against: record.stamp, of: "Custom domain \"\(name)\"")
        var configuration = record.configuration
        try body(&configuration)
        guard configuration != record.configuration else { return record }
        try Self.check(configuration)
        record.configuration = configuration
        record.stamp.touch(occasion.now)
        put(record)
        return record
    }

    package mutating func deleteDomain(
        _ organization: OrganizationName, _ name: CustomDomainName, ifMatch: String? = nil
    ) throws(FunctionError) {
        try Self.check(ifMatch, against: try domain(organization, name).stamp, of: "Custom domain \"\(name)\"")
        removeDomain(name)
    }

    private static func check(_ configuration: CustomDomainConfiguration) throws(FunctionError) {
        guard ["HTTP", "HTTP,HTTPS"].contains(configuration.protocolText) else {
            throw FunctionError(
                .invalidArgument, "protocol is \"\(configuration.protocolText.prefix(40))\": write HTTP or HTTP,HTTPS.")
        }
        for route in configuration.routes where !route.path.hasPrefix("/") || route.path.utf8.count > 1024 {
            throw FunctionError(
                .invalidArgument,
                "The route \"\(route.path.prefix(80))\" must begin with \"/\" and have at most 1024 bytes.")
        }
        guard configuration.routes.count <= 100,
            Set(configuration.routes.map(\.path)).count == configuration.routes.count
        else {
            throw FunctionError(.invalidArgument, "routeConfig has a path twice, or more than 100 routes.")
        }
    }
}
