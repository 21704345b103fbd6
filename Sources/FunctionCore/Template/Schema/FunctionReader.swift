internal import FunctionTypes

/// Reads `Aliyun::Serverless::Function`: its properties, its asynchronous configuration, its events.
struct FunctionReader {
    let findings: TemplateFindings
    let eventSources: (any EventSources)?

    func read(_ entry: TemplateNode.Entry, parentKey: String) -> FunctionTemplate? {
        let key = "\(parentKey).\(entry.key)"
        guard entry.value.entries != nil else {
            findings.refuse(
                entry.keyLine, key, entry.value.shown, "a service has no such key",
                "Service settings stand under Properties; anything beside it is a function with a Type.")
            return nil
        }
        let name = TemplateMapping.check(entry.key, as: FunctionName.self, line: entry.keyLine, key: key, findings)
        if entry.key.hasPrefix("Type") || entry.key.hasPrefix("Properties") {
            findings.refuse(
                entry.keyLine, key, nil, "a function's name must not begin with Type or Properties",
                "Choose another name.")
        }
        guard var resource = TemplateMapping(entry.value, key: key, findings: findings) else { return nil }
        _ = resource.choice("Type", of: ["Aliyun::Serverless::Function"], isRequired: true)
        guard var properties = resource.mapping("Properties", isRequired: true) else { return nil }
        var function = readProperties(&properties, name: name, line: entry.keyLine)
        if let events = properties.member("Events") {
            findings.refuse(
                events.line, properties.path("Events"), nil, "Events stand beside Properties, not in it",
                "Indent Events two spaces less.")
        }
        properties.refuseRest()
        if let events = resource.mapping("Events") {
            for event in events.rest {
                let reader = TriggerReader(findings: findings, eventSources: eventSources)
                if let trigger = reader.read(event, parentKey: events.key) {
                    function?.triggers.append(trigger)
                }
            }
        }
        resource.refuseRest()
        return function
    }

    private func readProperties(
        _ properties: inout TemplateMapping, name: FunctionName?, line: Int
    ) -> FunctionTemplate? {
        let runtime = properties.text("Runtime", isRequired: true)
        let isContainer = runtime == "custom-container"
        // An executable has one entry point.
        let isExecutable = runtime.flatMap { RuntimeName($0) }?.family == .executable
        let handler = properties.text("Handler", isRequired: !isContainer && !isExecutable)
        let codeURI = properties.text("CodeUri", isRequired: !isContainer)
        checkRuntime(runtime, properties)
        var configuration = FunctionConfiguration(runtime: runtime ?? "", handler: handler ?? "")
        readLimits(&properties, into: &configuration)
        readLifecycle(&properties, into: &configuration)
        configuration.description = properties.text("Description")
        configuration.environment = readEnvironment(&properties)
        configuration.customRuntimePort = properties.integer("CAPort", in: FunctionLimits.customRuntimePort, unit: "")
        configuration.instanceType = properties.choice("InstanceType", of: ["e1", "c1"])
        _ = properties.withoutEffect("Layers", because: "there is no store of layers")
        configuration.customContainer = properties.withoutEffect(
            "CustomContainerConfig", because: "containers do not run here")
        let asyncConfiguration = readAsync(&properties)
        let instanceCountMax = properties.integer("MaximumInstanceCount", in: 1...1000, unit: "instances")
        guard let name, runtime != nil, handler != nil || isContainer || isExecutable, codeURI != nil || isContainer
        else { return nil }
        return FunctionTemplate(
            name: name, line: line, configuration: configuration, codeURI: codeURI,
            asyncConfiguration: asyncConfiguration,
            instanceCountMax: instanceCountMax)
    }

    private func checkRuntime(_ runtime: String?, _ properties: TemplateMapping) {
        guard let runtime, let node = properties.node["Runtime"] else { return }
        let key = properties.path("Runtime")
        guard let known = RuntimeName(runtime) else {
            findings.refuse(
                node.line, key, runtime, "this runtime is not known",
                "Use \(RuntimeName.suggestions.joined(separator: ", ")).")
            return
        }
        if case .unavailable(let reason) = known.family {
            findings.refuse(node.line, key, runtime, reason, "Use \(RuntimeName.suggestions.joined(separator: ", ")).")
        } else if known.isRetired {
            findings.notice(
                node.line, key, "\"\(runtime)\" is retired; the installed \(known.interpreterName) runs it.")
        }
    }

    private func readLimits(_ properties: inout TemplateMapping, into configuration: inout FunctionConfiguration) {
        configuration.timeoutSeconds =
            properties.integer("Timeout", in: FunctionLimits.timeoutSeconds, unit: "seconds", standard: 3)
        if let memory = properties.integer("MemorySize", in: 128...32_768, unit: "megabytes") {
            configuration.memoryMegabytes = memory
            if !FunctionLimits.isMemoryAllowed(memory), let node = properties.node["MemorySize"] {
                findings.refuse(
                    node.line, properties.path("MemorySize"), node.shown, "this size is not offered",
                    "Write a multiple of 64 from 128 to 3072, or 4096, 8192, 16384 or 32768.")
            }
        }
        configuration.initializationTimeoutSeconds =
            properties.integer(
                "InitializationTimeout", in: FunctionLimits.initializationTimeoutSeconds, unit: "seconds", standard: 3)
        configuration.instanceConcurrency =
            properties.integer(
                "InstanceConcurrency", in: FunctionLimits.instanceConcurrency, unit: "requests", standard: 1)
    }

    private func readLifecycle(_ properties: inout TemplateMapping, into configuration: inout FunctionConfiguration) {
        configuration.initializer = properties.text("Initializer")
        guard var lifecycle = properties.mapping("InstanceLifecycleConfig") else { return }
        configuration.preFreeze = readHook(lifecycle.mapping("PreFreeze"))
        configuration.preStop = readHook(lifecycle.mapping("PreStop"))
        lifecycle.refuseRest()
    }

    private func readHook(_ hook: TemplateMapping?) -> LifecycleHook? {
        guard var hook else { return nil }
        let handler = hook.text("Handler", isRequired: true)
        let timeout = hook.integer("Timeout", in: FunctionLimits.hookTimeoutSeconds, unit: "seconds", standard: 3)
        hook.refuseRest()
        return handler.map { LifecycleHook(handler: $0, timeoutSeconds: timeout) }
    }

    private func readEnvironment(_ properties: inout TemplateMapping) -> [String: String] {
        guard let variables = properties.mapping("EnvironmentVariables") else { return [:] }
        var environment: [String: String] = [:]
        for entry in variables.rest {
            guard let text = entry.value.text else {
                findings.refuse(
                    entry.keyLine, variables.path(entry.key), entry.value.shown, "a variable must have one value",
                    "Write a text, a number, true or false.")
                continue
            }
            environment[entry.key] = text
        }
        do throws(FunctionError) {
            try FunctionLimits.checkEnvironment(environment)
        } catch {
            findings.refuse(variables.node.line, variables.key, nil, error.message, "Mend the variables.")
        }
        return environment
    }

    private func readAsync(_ properties: inout TemplateMapping) -> AsyncConfiguration? {
        guard var member = properties.mapping("AsyncConfiguration") else { return nil }
        var configuration = AsyncConfiguration()
        if var destination = member.mapping("Destination") {
            configuration.onSuccess = destination.text("OnSuccess")
            configuration.onFailure = destination.text("OnFailure")
            destination.refuseRest()
        }
        configuration.ageSecondsMax = member.integer(
            "MaxAsyncEventAgeInSeconds", in: AsyncConfiguration.ageSecondsAllowed, unit: "seconds")
        configuration.retryCountMax = member.integer(
            "MaxAsyncRetryAttempts", in: AsyncConfiguration.retryCountAllowed, unit: "repeats")
        configuration.isStateful = member.boolean("StatefulInvocation")
        member.refuseRest()
        return configuration
    }
}
