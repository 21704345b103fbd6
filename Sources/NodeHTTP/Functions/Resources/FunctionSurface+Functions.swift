internal import FunctionCore
internal import FunctionService
internal import FunctionTypes
internal import HTTPTypes

extension FunctionSurface {
    /// Room for an archive at its limit as base64 in JSON.
    private static let codeBodyByteCountMax = FunctionLimits.codeArchiveByteCountMax / 3 * 4 + (1 << 20)

    func answerFunctions(_ call: FunctionCall, _ service: QualifiedService) async throws -> FunctionAnswer {
        switch call.request.method {
        case .post:
            let body = FunctionBody(try await call.json(byteCountMax: Self.codeBodyByteCountMax))
            let name = try body.name(FunctionName.self, "functionName")
            var configuration = FunctionConfiguration(
                runtime: try body.requiredText("runtime"), handler: try body.text("handler") ?? "")
            try body.apply(to: &configuration)
            // Whatever can be refused is refused before the code is unpacked.
            try ConfigurationRules.check(configuration)
            _ = try platform.registry.read { registry throws(FunctionError) in
                try registry.service(call.organization, service.name)
            }
            if let archive = try body.archive() { configuration.code = try await platform.addCode(archive: archive) }
            let id = FunctionID(organization: call.organization, service: service.name, function: name)
            let made = configuration
            let record = try await platform.registry.change { registry, occasion in
                try registry.createFunction(id, made, occasion)
            }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case .get:
            let record = try platform.registry.read { registry throws(FunctionError) in
                try registry.service(call.organization, service.name)
            }
            if let version = try record.version(service.qualifier) {
                let functions = version.functions.sorted { $0.key < $1.key }
                return try call.page(of: functions, as: "functions", by: \.key.rawValue) {
                    FunctionJSON.json($0.key, $0.value, version.stamp)
                }
            }
            let functions = record.functions.values.sorted { $0.name < $1.name }
            return try call.page(of: functions, as: "functions", by: \.name.rawValue, \.json)
        default:
            throw notSupported(call)
        }
    }

    func answerFunction(_ call: FunctionCall, _ target: FunctionTarget) async throws -> FunctionAnswer {
        switch call.request.method {
        case .get:
            return try readFunction(target)
        case .put:
            let body = FunctionBody(try await call.json(byteCountMax: Self.codeBodyByteCountMax))
            let code = try await replacementCode(body, target.id)
            let record = try await platform.registry.change { registry, occasion in
                try registry.updateFunction(target.id, ifMatch: call.ifMatch, occasion) {
                    configuration throws(FunctionError) in
                    try body.apply(to: &configuration)
                    // The same files in another archive change nothing that runs.
                    if let code, code.digest != configuration.code?.digest { configuration.code = code }
                }
            }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case .delete:
            try await platform.registry.change { registry, _ in
                try registry.deleteFunction(target.id, ifMatch: call.ifMatch)
            }
            return .deleted
        default:
            throw notSupported(call)
        }
    }

    private func replacementCode(_ body: FunctionBody, _ id: FunctionID) async throws -> CodeReference? {
        guard let archive = try body.archive() else { return nil }
        _ = try platform.registry.read { registry throws(FunctionError) in try registry.function(id) }
        return try await platform.addCode(archive: archive)
    }

    private func readFunction(_ target: FunctionTarget) throws(FunctionError) -> FunctionAnswer {
        let service = try platform.registry.read { registry throws(FunctionError) in
            try registry.service(target.id.organization, target.id.service)
        }
        if let version = try service.version(target.qualifier) {
            guard let configuration = version.functions[target.id.function] else {
                throw Registry.functionNotFound(target.id)
            }
            return FunctionAnswer(
                FunctionJSON.json(target.id.function, configuration, version.stamp), entityTag: version.stamp.entityTag)
        }
        guard let record = service.functions[target.id.function] else { throw Registry.functionNotFound(target.id) }
        return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
    }

    /// Where the code can be fetched: an address of this node under the name the caller used for it.
    func functionCode(_ call: FunctionCall, _ target: FunctionTarget) throws -> FunctionAnswer {
        let function = try platform.registry.read { registry throws(FunctionError) in
            try registry.resolve(target, draw: 1)
        }
        guard let code = function.configuration.code else { throw Registry.functionNotFound(target.id) }
        let scheme = call.request.isSecure ? "https" : "http"
        return FunctionAnswer([
            "checksum": .string(code.checksum),
            "url": .string("\(scheme)://\(call.request.hostText)/api/code/\(code.digest)"),
        ])
    }

    // Triggers.

    func answerTriggers(_ call: FunctionCall, _ id: FunctionID, _ text: String?) async throws -> FunctionAnswer {
        guard let text else {
            switch call.request.method {
            case .post:
                let body = FunctionBody(try await call.json())
                let name = try body.name(TriggerName.self, "triggerName")
                let trigger = try body.trigger()
                let record = try await platform.registry.change { registry, occasion in
                    try registry.createTrigger(id, name, trigger, occasion)
                }
                return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
            case .get:
                let triggers = try platform.registry.read { registry throws(FunctionError) in
                    try registry.function(id).triggers.values.sorted { $0.name < $1.name }
                }
                return try call.page(of: triggers, as: "triggers", by: \.name.rawValue, \.json)
            default:
                throw notSupported(call)
            }
        }
        let name = try checked(TriggerName.self, text)
        switch call.request.method {
        case .get:
            let record = try platform.registry.read { registry throws(FunctionError) in try registry.trigger(id, name) }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case .put:
            let body = FunctionBody(try await call.json())
            let record = try await platform.registry.change { registry, occasion in
                try registry.updateTrigger(id, name, ifMatch: call.ifMatch, occasion) {
                    trigger throws(FunctionError) in
                    try body.apply(to: &trigger)
                }
            }
            return FunctionAnswer(record.json, entityTag: record.stamp.entityTag)
        case .delete:
            try await platform.registry.change { registry, _ in
                try registry.deleteTrigger(id, name, ifMatch: call.ifMatch)
            }
            return .deleted
        default:
            throw notSupported(call)
        }
    }
}
