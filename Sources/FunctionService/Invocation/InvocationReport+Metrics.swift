internal import FunctionCore
internal import FunctionTypes
internal import LogCore

extension InvocationReport {
    /// The fields of a request-metrics entry, under Function Compute's names.
    func metricFields(_ invocation: Invocation, _ function: ResolvedFunction) -> [LogField] {
        var fields = [
            LogField("operation", "InvokeFunction"),
            LogField("invocationType", invocation.origin.isAsynchronous ? "Async" : "Sync"),
            LogField("isColdStart", measurement.coldStart == nil ? "false" : "true"),
            LogField("durationMs", measurement.duration.millisecondsText),
            LogField("scheduleLatencyMs", measurement.queueing.millisecondsText),
            LogField("invokeFunctionLatencyMs", (measurement.queueing + measurement.duration).millisecondsText),
            LogField("memoryMB", "\(function.configuration.memoryMegabytes)"),
            LogField("memoryUsageMB", "\(measurement.memoryByteCountPeak >> 20)"),
            LogField("hasFunctionError", outcome.failure == nil ? "false" : "true"),
            LogField("resourceMode", "OnDemand"),
        ]
        if let coldStart = measurement.coldStart {
            fields += [
                LogField("instanceEvent", "ColdStart"),
                LogField("queueMs", measurement.waiting.millisecondsText),
                LogField("sandboxMs", coldStart.sandbox.millisecondsText),
                LogField("runtimeStartMs", coldStart.runtimeStart.millisecondsText),
                LogField("codeLoadMs", coldStart.codeLoad.millisecondsText),
                LogField("initializerMs", coldStart.initializer.millisecondsText),
            ]
        }
        if let failure = outcome.failure {
            fields.append(LogField("errorType", failure.metricErrorType))
        }
        if case .http(let request) = invocation.payload {
            fields += [
                LogField("httpMethod", request.method), LogField("httpPath", request.path),
                LogField("clientIP", request.clientAddress),
            ]
            if case .http(let answer) = outcome { fields.append(LogField("statusCode", "\(answer.status)")) }
        }
        return fields
    }
}

extension InstanceAnswer {
    /// What the line at an invocation's end says besides its text, under the names of ``InvocationReport/metricFields(_:_:)``.
    var endFields: [LogField] {
        LogField.ofEnd(duration: duration, memoryByteCountPeak: memoryByteCountPeak, failure: outcome.failure)
    }
}

extension InvocationReport {
    /// The same of an invocation that no instance answered.
    var endFields: [LogField] {
        LogField.ofEnd(
            duration: measurement.duration, memoryByteCountPeak: measurement.memoryByteCountPeak,
            failure: outcome.failure)
    }
}

extension LogField {
    fileprivate static func ofEnd(
        duration: Duration, memoryByteCountPeak: Int, failure: FunctionFailure?
    ) -> [LogField] {
        [
            LogField("durationMs", duration.millisecondsText),
            LogField("memoryUsageMB", "\(memoryByteCountPeak >> 20)"),
        ] + (failure.map { [LogField("errorType", $0.metricErrorType)] } ?? [])
    }
}

extension FunctionFailure {
    fileprivate var metricErrorType: String {
        switch errorType {
        case Self.timeoutType, Self.memoryType: errorType
        default: kind == .handled ? "FunctionHandledError" : "FunctionUnhandledError"
        }
    }
}

extension Duration {
    /// Milliseconds with two decimals: `12.34`.
    package var millisecondsText: String {
        let hundredths = components.seconds * 100_000 + components.attoseconds / 10_000_000_000_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
