internal import FunctionTypes

/// Reads one entry of a function's `Events`.
struct TriggerReader {
    let findings: TemplateFindings
    let eventSources: (any EventSources)?

    /// Events of services that only a cloud has: accepted, kept, and never set off.
    private static let cloudTypes = [
        "OSS": "oss", "MNSTopic": "mns_topic", "TableStore": "tablestore", "CDN": "cdn_events", "RDS": "rds",
        "Datahub": "datahub", "Api": "apigateway",
    ]

    func read(_ entry: TemplateNode.Entry, parentKey: String) -> TriggerTemplate? {
        let key = "\(parentKey).\(entry.key)"
        let name = TemplateMapping.check(entry.key, as: TriggerName.self, line: entry.keyLine, key: key, findings)
        guard var event = TemplateMapping(entry.value, key: key, findings: findings) else { return nil }
        guard let type = event.text("Type", isRequired: true) else { return nil }
        let missing = TemplateNode(.mapping([]), line: entry.keyLine)
        guard
            var properties = TemplateMapping(
                event.member("Properties") ?? missing, key: "\(key).Properties", findings: findings)
        else { return nil }
        event.refuseRest()
        let qualifier = readQualifier(&properties)
        let source = readSource(type, &properties, line: entry.value["Type"]?.line ?? entry.keyLine, key: key)
        guard let name, let qualifier, let source else { return nil }
        var configuration = TriggerConfiguration(source: source, qualifier: qualifier)
        configuration.invocationRole = properties.node["InvocationRole"]?.text
        return TriggerTemplate(name: name, line: entry.keyLine, configuration: configuration)
    }

    private func readSource(
        _ type: String, _ properties: inout TemplateMapping, line: Int, key: String
    ) -> TriggerSource? {
        _ = properties.withoutEffect("InvocationRole", because: "there are no roles of a cloud account")
        switch type {
        case "HTTP":
            return readHTTP(&properties)
        case "Timer":
            return readTimer(&properties)
        case "Endorsement":
            return EndorsementReader.read(&properties, findings)
        case "ContractCall":
            return ContractCallReader.read(&properties, findings)
        case "Log":
            return .other(type: "log", configuration: LogTriggerReader.read(&properties))
        default:
            if let apiType = eventSources?.triggerType(templateType: type) {
                return readOther(apiType, properties)
            }
            guard let apiType = Self.cloudTypes[type] else {
                findings.refuse(
                    line, "\(key).Type", type, "this type of event is not known",
                    "Use HTTP, Timer, Log, ContractEvent, Transaction, Block, OrderedBlock, Endorsement or ContractCall."
                )
                return nil
            }
            findings.notice(line, key, "It has no effect here: \"\(type)\" events come from a service of the cloud.")
            return .other(type: apiType, configuration: properties.node.json)
        }
    }

    /// Settings that whoever serves the source knows.
    private func readOther(_ apiType: String, _ properties: TemplateMapping) -> TriggerSource? {
        var settings = properties.node.json.objectValue ?? [:]
        settings["Qualifier"] = nil
        settings["InvocationRole"] = nil
        let problems = eventSources?.problems(triggerType: apiType, configuration: .object(settings)) ?? []
        for problem in problems {
            let first = String(problem.key.prefix { $0 != "." && $0 != "[" })
            findings.refuse(
                properties.node[first]?.line ?? properties.node.line, properties.path(problem.key), problem.value,
                problem.reason, problem.remedy)
        }
        return problems.isEmpty ? .other(type: apiType, configuration: .object(settings)) : nil
    }

    private func readQualifier(_ properties: inout TemplateMapping) -> Qualifier? {
        guard let text = properties.text("Qualifier") else { return .latest }
        do throws(InvalidResourceName) {
            return try Qualifier(validating: text)
        } catch {
            findings.refuse(
                properties.node["Qualifier"]?.line ?? 0, properties.path("Qualifier"), text, error.rule,
                "Write LATEST, a version's number or an alias.")
            return nil
        }
    }

    private func readHTTP(_ properties: inout TemplateMapping) -> TriggerSource? {
        let authorization = properties.choice(
            "AuthType", of: ["ANONYMOUS", "FUNCTION", "anonymous", "function"], isRequired: true
        ).flatMap { HTTPTriggerConfiguration.Authorization(rawValue: $0.lowercased()) }
        var methods: [String] = []
        let list = properties.list("Methods", isRequired: true)
        for (index, node) in (list ?? []).enumerated() {
            let key = "\(properties.path("Methods"))[\(index)]"
            guard let method = node.text?.uppercased(), HTTPTriggerConfiguration.methodsAllowed.contains(method) else {
                findings.refuse(
                    node.line, key, node.shown, "this is not a method that a trigger can have",
                    "Use \(HTTPTriggerConfiguration.methodsAllowed.joined(separator: ", ")).")
                continue
            }
            if !methods.contains(method) { methods.append(method) }
        }
        if let list, list.isEmpty {
            findings.refuse(
                properties.node["Methods"]?.line ?? 0, properties.path("Methods"), nil, "it is empty",
                "List at least one method, for example [GET].")
        }
        properties.refuseRest()
        return authorization.map { .http(HTTPTriggerConfiguration(authorization: $0, methods: methods)) }
    }

    private func readTimer(_ properties: inout TemplateMapping) -> TriggerSource? {
        let expression = properties.text("CronExpression", isRequired: true)
        let payload = properties.text("Payload", standard: "")
        let isEnabled = properties.boolean("Enable", standard: true)
        let misfire = properties.choice("Misfire", of: TimerTriggerConfiguration.Misfire.allCases.map(\.rawValue))
            .flatMap { TimerTriggerConfiguration.Misfire(rawValue: $0) }
        properties.refuseRest()
        guard let expression else { return nil }
        do throws(InvalidCronExpression) {
            let schedule = try CronSchedule(parsing: expression)
            for warning in schedule.warnings {
                findings.notice(
                    properties.node["CronExpression"]?.line ?? 0, properties.path("CronExpression"), warning)
            }
        } catch {
            findings.refuse(
                properties.node["CronExpression"]?.line ?? 0, properties.path("CronExpression"), expression,
                error.reason,
                error.remedy)
            return nil
        }
        if payload.utf8.count > FunctionLimits.asyncPayloadByteCountMax {
            findings.refuse(
                properties.node["Payload"]?.line ?? 0, properties.path("Payload"), nil,
                "it has more than \(FunctionLimits.asyncPayloadByteCountMax) bytes", "Keep the data elsewhere.")
        }
        return .timer(
            TimerTriggerConfiguration(
                cronExpression: expression, payload: payload, isEnabled: isEnabled, misfire: misfire ?? .once))
    }
}

/// Reads the `Log` event into the API's form.
private enum LogTriggerReader {
    static func read(_ properties: inout TemplateMapping) -> JSONValue {
        var source = properties.mapping("SourceConfig", isRequired: true)
        let logstore = source?.text("Logstore", isRequired: true)
        source?.refuseRest()
        var job = properties.mapping("JobConfig", isRequired: true)
        let retry = job?.integer("MaxRetryTime", in: 0...100, unit: "repeats", isRequired: true)
        let interval = job?.integer("TriggerInterval", in: 3...600, unit: "seconds", isRequired: true)
        job?.refuseRest()
        var log = properties.mapping("LogConfig", isRequired: true)
        let project = log?.text("Project", isRequired: true)
        let ownLogstore = log?.text("Logstore", isRequired: true)
        log?.refuseRest()
        let parameter = properties.member("FunctionParameter")?.json ?? [:]
        let isEnabled = properties.boolean("Enable", isRequired: true) ?? true
        properties.refuseRest()
        return [
            "sourceConfig": ["logstore": .string(logstore ?? "")],
            "jobConfig": [
                "maxRetryTime": .integer(Int64(retry ?? 0)), "triggerInterval": .integer(Int64(interval ?? 3)),
            ],
            "logConfig": ["project": .string(project ?? ""), "logstore": .string(ownLogstore ?? "")],
            "functionParameter": parameter, "enable": .bool(isEnabled),
        ]
    }
}
