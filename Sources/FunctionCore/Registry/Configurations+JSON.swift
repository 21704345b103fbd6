package import FunctionTypes

// Settings in the form in which the API shows them; members that are not set are left out.

extension ServiceConfiguration {
    package var json: JSONValue {
        .object(present: [
            "description": .text(description), "role": .text(role), "logConfig": logging?.json,
            "internetAccess": .bool(allowsInternetAccess), "vpcConfig": vpcConfig, "nasConfig": nasConfig,
            "tracingConfig": tracingConfig,
        ])
    }
}

extension LogConfiguration {
    package var json: JSONValue {
        [
            "project": .string(project), "logstore": .string(logstore), "enableRequestMetrics": .bool(requestMetrics),
            "enableInstanceMetrics": .bool(instanceMetrics),
        ]
    }
}

extension FunctionConfiguration {
    package var json: JSONValue {
        .object(present: [
            "description": .text(description), "runtime": .string(runtime), "handler": .string(handler),
            "initializer": .text(initializer), "timeout": .integer(Int64(timeoutSeconds)),
            "initializationTimeout": .integer(Int64(initializationTimeoutSeconds)),
            "memorySize": .integer(Int64(memoryMegabytes)),
            "instanceConcurrency": .integer(Int64(instanceConcurrency)), "instanceType": .text(instanceType),
            "caPort": customRuntimePort.map { .integer(Int64($0)) }, "customContainerConfig": customContainer,
            "layers": layers.isEmpty ? nil : .array(layers.map(JSONValue.string)),
            "environmentVariables": .object(environment.mapValues(JSONValue.string)),
            "codeSize": code.map { .integer(Int64($0.byteCount)) }, "codeChecksum": .text(code?.checksum),
            "instanceLifecycleConfig": lifecycleJSON,
        ])
    }

    private var lifecycleJSON: JSONValue? {
        guard preFreeze != nil || preStop != nil else { return nil }
        func json(_ hook: LifecycleHook?) -> JSONValue? {
            hook.map { ["handler": .string($0.handler), "timeout": .integer(Int64($0.timeoutSeconds))] }
        }
        return .object(present: ["preFreeze": json(preFreeze), "preStop": json(preStop)])
    }
}

extension TriggerConfiguration {
    package var json: JSONValue {
        .object(present: [
            "description": .text(description), "triggerType": .string(source.typeName), "triggerConfig": source.json,
            "sourceArn": .text(sourceARN), "invocationRole": .text(invocationRole),
            "qualifier": .string(qualifier.description),
        ])
    }
}

extension TriggerSource {
    /// `triggerConfig`.
    package var json: JSONValue {
        switch self {
        case .http(let http):
            ["authType": .string(http.authorization.rawValue), "methods": .array(http.methods.map(JSONValue.string))]
        case .timer(let timer):
            timer.json
        case .other(_, let configuration):
            configuration
        }
    }
}

extension TimerTriggerConfiguration {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "cronExpression": .string(cronExpression), "payload": .string(payload), "enable": .bool(isEnabled),
        ]
        // Ours: shown only where it was set, since clients compare what they sent with what they read.
        if misfire != .once { members["misfire"] = .string(misfire.rawValue) }
        return .object(members)
    }
}

extension AsyncConfiguration {
    package var json: JSONValue {
        func destination(_ arn: String?) -> JSONValue? { arn.map { ["destination": .string($0)] } }
        return .object(present: [
            "destinationConfig": onSuccess == nil && onFailure == nil
                ? nil : .object(present: ["onSuccess": destination(onSuccess), "onFailure": destination(onFailure)]),
            "maxAsyncEventAgeInSeconds": ageSecondsMax.map { .integer(Int64($0)) },
            "maxAsyncRetryAttempts": retryCountMax.map { .integer(Int64($0)) },
            "statefulInvocation": isStateful.map(JSONValue.bool),
        ])
    }
}

extension CustomDomainConfiguration {
    package var json: JSONValue {
        .object(present: [
            "protocol": .string(protocolText),
            "routeConfig": [
                "routes": .array(
                    routes.map { route in
                        .object(present: [
                            "path": .string(route.path), "serviceName": .string(route.service.rawValue),
                            "functionName": .string(route.function.rawValue),
                            "qualifier": route.qualifier == .latest ? nil : .string(route.qualifier.description),
                        ])
                    })
            ],
            "certConfig": certificateName.map { ["certName": .string($0)] },
        ])
    }
}
