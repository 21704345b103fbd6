package import FunctionTypes

// Settings that a function has per qualifier.
extension Registry {
    package mutating func putAsyncConfiguration(
        _ target: FunctionTarget, _ configuration: AsyncConfiguration, _ occasion: Occasion
    ) throws(FunctionError) -> AsyncRecord {
        try ConfigurationRules.check(configuration)
        return try change(target.id) { function throws(FunctionError) in
            var record =
                function.asyncConfigurations[target.qualifier]
                ?? AsyncRecord(stamp: occasion.stamp(), configuration: configuration)
            if record.configuration != configuration {
                record.configuration = configuration
                record.stamp.touch(occasion.now)
            }
            function.asyncConfigurations[target.qualifier] = record
            return record
        }
    }

    package func asyncConfiguration(_ target: FunctionTarget) throws(FunctionError) -> AsyncRecord {
        guard let record = try function(target.id).asyncConfigurations[target.qualifier] else {
            throw FunctionError(
                .asyncConfigNotExists,
                "Function \"\(target.id.service)/\(target.id.function)\" has no asynchronous configuration for \(target.qualifier)."
            )
        }
        return record
    }

    package mutating func deleteAsyncConfiguration(_ target: FunctionTarget) throws(FunctionError) {
        _ = try asyncConfiguration(target)
        try change(target.id) { function throws(FunctionError) in
            function.asyncConfigurations[target.qualifier] = nil
        }
    }

    package mutating func putOnDemand(
        _ target: FunctionTarget, instanceCountMax: Int, ifMatch: String? = nil, _ occasion: Occasion
    ) throws(FunctionError) -> InstanceCountRecord {
        guard (0...10_000).contains(instanceCountMax) else {
            throw FunctionError(.invalidArgument, "maximumInstanceCount is \(instanceCountMax): 0 to 10000 is allowed.")
        }
        return try change(target.id) { function throws(FunctionError) in
            try Self.put(instanceCountMax, at: target.qualifier, in: &function.onDemand, ifMatch: ifMatch, occasion)
        }
    }

    package func onDemand(_ target: FunctionTarget) throws(FunctionError) -> InstanceCountRecord {
        guard let record = try function(target.id).onDemand[target.qualifier] else {
            throw FunctionError(
                .onDemandConfigNotExists,
                "Function \"\(target.id.service)/\(target.id.function)\" has no on-demand configuration for \(target.qualifier)."
            )
        }
        return record
    }

    package mutating func deleteOnDemand(_ target: FunctionTarget, ifMatch: String? = nil) throws(FunctionError) {
        try Self.check(ifMatch, against: try onDemand(target).stamp, of: "The on-demand configuration")
        try change(target.id) { function throws(FunctionError) in function.onDemand[target.qualifier] = nil }
    }

    package mutating func putProvisioned(
        _ target: FunctionTarget, count: Int, ifMatch: String? = nil, _ occasion: Occasion
    ) throws(FunctionError) -> InstanceCountRecord {
        guard (0...100).contains(count) else {
            throw FunctionError(.invalidArgument, "target is \(count): 0 to 100 instances can be kept warm.")
        }
        return try change(target.id) { function throws(FunctionError) in
            try Self.put(count, at: target.qualifier, in: &function.provisioned, ifMatch: ifMatch, occasion)
        }
    }

    /// Every number of instances to keep warm on the node.
    package var provisionedCounts: [(target: FunctionTarget, count: Int)] {
        services.values.flatMap(\.values).flatMap { service in
            service.functions.values.flatMap { function in
                function.provisioned.map { qualifier, record in
                    let id = FunctionID(
                        organization: service.organization, service: service.name, function: function.name)
                    return (FunctionTarget(id, qualifier: qualifier), record.count)
                }
            }
        }
    }

    private static func put(
        _ count: Int, at qualifier: Qualifier, in records: inout [Qualifier: InstanceCountRecord], ifMatch: String?,
        _ occasion: Occasion
    ) throws(FunctionError) -> InstanceCountRecord {
        var record = records[qualifier] ?? InstanceCountRecord(stamp: occasion.stamp(), count: count)
        if records[qualifier] != nil {
            try check(ifMatch, against: record.stamp, of: "The configuration of \(qualifier)")
        }
        if record.count != count {
            record.count = count
            record.stamp.touch(occasion.now)
        }
        records[qualifier] = record
        return record
    }
}
