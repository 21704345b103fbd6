internal import FunctionCore
internal import FunctionTypes
internal import TriggerCore

extension FunctionBody {
    /// A new trigger's settings.
    func trigger() throws(FunctionError) -> TriggerConfiguration {
        let type = try requiredText("triggerType")
        var trigger = TriggerConfiguration(
            source: try source(type: type, configuration: try object("triggerConfig") ?? FunctionBody([:]), old: nil),
            qualifier: try qualifier("qualifier") ?? .latest)
        trigger.description = try text("description")
        trigger.invocationRole = try text("invocationRole")
        // HTTP triggers answer no source, whatever was sent.
        if type.lowercased() != "http" { trigger.sourceARN = try text("sourceArn") }
        return trigger
    }

    /// Puts what the body says into a trigger's settings; what it leaves out stays.
    func apply(to trigger: inout TriggerConfiguration) throws(FunctionError) {
        if let description = try text("description") { trigger.description = description }
        if let role = try text("invocationRole") { trigger.invocationRole = role }
        if let qualifier = try qualifier("qualifier") { trigger.qualifier = qualifier }
        if let configuration = try object("triggerConfig") {
            trigger.source = try source(
                type: trigger.source.typeName, configuration: configuration, old: trigger.source)
        }
    }

    private func source(
        type: String, configuration: FunctionBody, old: TriggerSource?
    ) throws(FunctionError) -> TriggerSource {
        switch type.lowercased() {
        case "http":
            var authorization: HTTPTriggerConfiguration.Authorization?
            var methods: [String]?
            if case .http(let http) = old { (authorization, methods) = (http.authorization, http.methods) }
            if let text = try configuration.text("authType") {
                guard let known = HTTPTriggerConfiguration.Authorization(rawValue: text.lowercased()) else {
                    throw FunctionError(
                        .invalidArgument,
                        "triggerConfig.authType is \"\(text.prefix(40))\": write anonymous or function.")
                }
                authorization = known
            }
            if let list = try configuration.texts("methods") { methods = list.map { $0.uppercased() } }
            guard let authorization, let methods else {
                throw FunctionError(.invalidArgument, "triggerConfig of an HTTP trigger needs authType and methods.")
            }
            return .http(HTTPTriggerConfiguration(authorization: authorization, methods: methods))
        case "timer":
            return .timer(try configuration.timer(old))
        case EndorsementCheck.typeName:
            // A check that nobody can read would let everything pass.
            do throws(InvalidEndorsementCheck) {
                return .other(
                    type: EndorsementCheck.typeName, configuration: try EndorsementCheck(json: configuration.json).json)
            } catch {
                throw FunctionError(.invalidArgument, error.description)
            }
        case CallableFunction.typeName:
            do throws(CallableFunction.Invalid) {
                return .other(
                    type: CallableFunction.typeName, configuration: try CallableFunction(json: configuration.json).json)
            } catch {
                throw FunctionError(.invalidArgument, error.description)
            }
        default:
            return .other(type: type, configuration: configuration.json)
        }
    }

    private func timer(_ old: TriggerSource?) throws(FunctionError) -> TimerTriggerConfiguration {
        var timer = TimerTriggerConfiguration(cronExpression: "")
        if case .timer(let before) = old { timer = before }
        if let expression = try text("cronExpression") { timer.cronExpression = expression }
        if let payload = try text("payload") { timer.payload = payload }
        if let isEnabled = try boolean("enable") { timer.isEnabled = isEnabled }
        if let text = try text("misfire") {
            guard let misfire = TimerTriggerConfiguration.Misfire(rawValue: text) else {
                throw FunctionError(
                    .invalidArgument, "triggerConfig.misfire is \"\(text.prefix(40))\": write once, skip or all.")
            }
            timer.misfire = misfire
        }
        return timer
    }

    func asyncConfiguration(_ organization: OrganizationName) throws(FunctionError) -> AsyncConfiguration {
        var configuration = AsyncConfiguration()
        if let destinations = try object("destinationConfig") {
            configuration.onSuccess = try destinations.object("onSuccess")?.text("destination")
            configuration.onFailure = try destinations.object("onFailure")?.text("destination")
        }
        configuration.ageSecondsMax = try integer("maxAsyncEventAgeInSeconds")
        configuration.retryCountMax = try integer("maxAsyncRetryAttempts")
        configuration.isStateful = try boolean("statefulInvocation")
        return configuration
    }

    func alias() throws(FunctionError) -> AliasConfiguration {
        var alias = AliasConfiguration(version: try version("versionId") ?? VersionID(0))
        try apply(to: &alias)
        return alias
    }

    func apply(to alias: inout AliasConfiguration) throws(FunctionError) {
        if let version = try version("versionId") { alias.version = version }
        if let description = try text("description") { alias.description = description }
        if let weights = try object("additionalVersionWeight") {
            alias.additionalVersionWeights = [:]
            for (text, weight) in weights.json.objectValue ?? [:] {
                guard let version = VersionID(text), let weight = weight.doubleValue else {
                    throw FunctionError(
                        .invalidArgument,
                        "additionalVersionWeight has \"\(text.prefix(40))\": write version numbers with weights 0 to 1."
                    )
                }
                alias.additionalVersionWeights[version] = weight
            }
        }
    }

    private func version(_ name: String) throws(FunctionError) -> VersionID? {
        guard let text = try text(name) else { return nil }
        guard let version = VersionID(text) else {
            throw FunctionError(.invalidArgument, "\(name) is \"\(text.prefix(40))\": write a version's number.")
        }
        return version
    }

    /// Puts what the body says into a domain's settings; what it leaves out stays.
    func apply(to domain: inout CustomDomainConfiguration) throws(FunctionError) {
        if let text = try text("protocol") { domain.protocolText = text }
        if let certificate = try object("certConfig") { domain.certificateName = try certificate.text("certName") }
        guard let routes = try object("routeConfig")?.array("routes") else { return }
        domain.routes = []
        for route in routes {
            let body = FunctionBody(route)
            domain.routes.append(
                CustomDomainConfiguration.Route(
                    path: try body.requiredText("path"), service: try body.name(ServiceName.self, "serviceName"),
                    function: try body.name(FunctionName.self, "functionName"),
                    qualifier: try body.qualifier("qualifier") ?? .latest))
        }
    }
}

extension TriggerRecord {
    var json: JSONValue {
        configuration.json.merging([
            "triggerName": .string(name.rawValue), "sourceArn": configuration.sourceARN.map(JSONValue.string) ?? .null,
            "createdTime": .string(stamp.createdAt.iso8601), "lastModifiedTime": .string(stamp.modifiedAt.iso8601),
        ])
    }
}

extension CustomDomainRecord {
    var json: JSONValue {
        configuration.json.merging([
            "domainName": .string(name.rawValue), "createdTime": .string(stamp.createdAt.iso8601),
            "lastModifiedTime": .string(stamp.modifiedAt.iso8601),
        ])
    }
}
