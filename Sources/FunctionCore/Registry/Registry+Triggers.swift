package import FunctionTypes

extension Registry {
    package mutating func createTrigger(
        _ id: FunctionID, _ name: TriggerName, _ configuration: TriggerConfiguration, _ occasion: Occasion
    ) throws(FunctionError) -> TriggerRecord {
        let (limit, eventSources) = (limits.triggerCountMax, eventSources)
        return try change(id) { function throws(FunctionError) in
            guard function.triggers[name] == nil else {
                throw FunctionError(
                    .triggerAlreadyExists,
                    "Trigger \"\(name)\" exists already on function \"\(id.service)/\(id.function)\".")
            }
            guard function.triggers.count < limit else {
                throw Self.tooMany("triggers", limit, in: "function \"\(id.function)\"")
            }
            try TriggerRules.check(configuration, on: function, besides: name, eventSources)
            let record = TriggerRecord(name: name, stamp: occasion.stamp(), configuration: configuration)
            function.triggers[name] = record
            return record
        }
    }

    package mutating func updateTrigger(
        _ id: FunctionID, _ name: TriggerName, ifMatch: String? = nil, _ occasion: Occasion,
        _ body: (inout TriggerConfiguration) throws(FunctionError) -> Void
    ) throws(FunctionError) -> TriggerRecord {
        var record = try trigger(id, name)
        try Self.check(ifMatch, against: record.stamp, of: "Trigger \"\(name)\"")
        var configuration = record.configuration
        try body(&configuration)
        guard configuration != record.configuration else { return record }
        guard configuration.source.typeName == record.configuration.source.typeName else {
            throw FunctionError(
                .invalidArgument,
                "Trigger \"\(name)\" is of type \"\(record.configuration.source.typeName)\", which cannot change. Delete it and create another."
            )
        }
        return try change(id) { [eventSources] function throws(FunctionError) in
            try TriggerRules.check(configuration, on: function, besides: name, eventSources)
            record.configuration = configuration
            record.stamp.touch(occasion.now)
            function.triggers[name] = record
            return record
        }
    }

    package mutating func deleteTrigger(
        _ id: FunctionID, _ name: TriggerName, ifMatch: String? = nil
    ) throws(FunctionError) {
        let record = try trigger(id, name)
        try Self.check(ifMatch, against: record.stamp, of: "Trigger \"\(name)\"")
        try change(id) { function throws(FunctionError) in function.triggers[name] = nil }
    }

    /// Every enabled timer of the node.
    package var timers: [(target: FunctionTarget, trigger: TriggerRecord, timer: TimerTriggerConfiguration)] {
        var timers: [(target: FunctionTarget, trigger: TriggerRecord, timer: TimerTriggerConfiguration)] = []
        for service in services.values.flatMap(\.values) {
            for function in service.functions.values {
                for trigger in function.triggers.values {
                    guard case .timer(let timer) = trigger.configuration.source, timer.isEnabled else { continue }
                    let id = FunctionID(
                        organization: service.organization, service: service.name, function: function.name)
                    timers.append((FunctionTarget(id, qualifier: trigger.configuration.qualifier), trigger, timer))
                }
            }
        }
        return timers
    }
}

/// What a trigger must satisfy on its function.
enum TriggerRules {
    static func check(
        _ configuration: TriggerConfiguration, on function: FunctionRecord, besides name: TriggerName,
        _ eventSources: (any EventSources)?
    ) throws(FunctionError) {
        let others = function.triggers.filter { $0.key != name }.values.sorted { $0.name < $1.name }
        if configuration.isHTTP {
            if let other = others.first(where: { !$0.configuration.isHTTP }) {
                throw FunctionError(
                    .invalidArgument,
                    "Trigger \"\(name)\" cannot be of type http: function \"\(function.name)\" has the \(other.configuration.source.typeName) trigger \"\(other.name)\" already, and a function answers either HTTP or events."
                )
            }
            if let other = others.first(where: { $0.configuration.qualifier == configuration.qualifier }) {
                throw FunctionError(
                    .triggerAlreadyExists,
                    "Function \"\(function.name)\" has the HTTP trigger \"\(other.name)\" for \(configuration.qualifier) already; one is allowed."
                )
            }
        } else if let other = others.first(where: { $0.configuration.isHTTP }) {
            throw FunctionError(
                .invalidArgument,
                "Trigger \"\(name)\" cannot be of type \(configuration.source.typeName): function \"\(function.name)\" answers HTTP through \"\(other.name)\", and a function answers either HTTP or events."
            )
        }
        switch configuration.source {
        case .http(let http):
            try check(http)
        case .timer(let timer):
            do throws(InvalidCronExpression) {
                _ = try CronSchedule(parsing: timer.cronExpression)
            } catch {
                throw FunctionError(.invalidArgument, error.description)
            }
            guard timer.payload.utf8.count <= FunctionLimits.asyncPayloadByteCountMax else {
                throw FunctionError(
                    .invalidArgument,
                    "triggerConfig.payload has more than \(FunctionLimits.asyncPayloadByteCountMax) bytes. Keep the data elsewhere."
                )
            }
        case .other(let type, let settings):
            guard !type.isEmpty, type.utf8.count <= 64 else {
                throw FunctionError(.invalidArgument, "triggerType is missing or longer than 64 bytes.")
            }
            let problems = eventSources?.problems(triggerType: type, configuration: settings) ?? []
            guard problems.isEmpty else {
                throw FunctionError(.invalidArgument, problems.map(\.text).joined(separator: " "))
            }
        }
    }

    private static func check(_ http: HTTPTriggerConfiguration) throws(FunctionError) {
        let allowed = HTTPTriggerConfiguration.methodsAllowed
        guard !http.methods.isEmpty, http.methods.allSatisfy(allowed.contains) else {
            throw FunctionError(
                .invalidArgument,
                "triggerConfig.methods is [\(http.methods.prefix(8).joined(separator: ", "))]: list at least one of \(allowed.joined(separator: ", "))."
            )
        }
    }
}

extension EventSourceProblem {
    fileprivate var text: String {
        let path = key.isEmpty ? "triggerConfig" : "triggerConfig.\(key)"
        return "\(path)\(value.map { " \"\($0)\"" } ?? "") is refused: \(reason). \(remedy)"
    }
}
