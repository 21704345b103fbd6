package import FunctionTypes

/// What a service's and a function's settings must satisfy, whoever sends them.
package enum ConfigurationRules {
    package static func check(_ configuration: ServiceConfiguration) throws(FunctionError) {
        try checkDescription(configuration.description)
        if let logging = configuration.logging, logging.project.isEmpty != logging.logstore.isEmpty {
            throw FunctionError(
                .invalidArgument,
                "logConfig is incomplete: project is \"\(logging.project)\", logstore is \"\(logging.logstore)\". Give both or neither."
            )
        }
    }

    package static func check(_ configuration: FunctionConfiguration) throws(FunctionError) {
        try checkDescription(configuration.description)
        guard let runtime = RuntimeName(configuration.runtime) else {
            throw FunctionError(
                .invalidArgument,
                "runtime is \"\(configuration.runtime.prefix(80))\": this runtime is not known. Use \(RuntimeName.suggestions.joined(separator: ", "))."
            )
        }
        if case .unavailable(let reason) = runtime.family {
            throw FunctionError(
                .invalidArgument,
                "runtime is \"\(configuration.runtime)\": \(reason). Use \(RuntimeName.suggestions.joined(separator: ", "))."
            )
        }
        let isExecutable = runtime.family == .executable
        try checkHandler(configuration.handler, "handler", isFree: isExecutable)
        if let initializer = configuration.initializer {
            try checkHandler(initializer, "initializer", isFree: isExecutable)
        }
        for (hook, name) in [(configuration.preFreeze, "preFreeze"), (configuration.preStop, "preStop")] {
            guard let hook else { continue }
            try checkHandler(hook.handler, "instanceLifecycleConfig.\(name).handler", isFree: isExecutable)
            try checkRange(
                hook.timeoutSeconds, FunctionLimits.hookTimeoutSeconds, "instanceLifecycleConfig.\(name).timeout",
                "seconds")
        }
        try checkRange(configuration.timeoutSeconds, FunctionLimits.timeoutSeconds, "timeout", "seconds")
        try checkRange(
            configuration.initializationTimeoutSeconds, FunctionLimits.initializationTimeoutSeconds,
            "initializationTimeout", "seconds")
        try checkRange(
            configuration.instanceConcurrency, FunctionLimits.instanceConcurrency, "instanceConcurrency", "requests")
        guard FunctionLimits.isMemoryAllowed(configuration.memoryMegabytes) else {
            throw FunctionError(
                .invalidArgument,
                "memorySize is \(configuration.memoryMegabytes): write a multiple of 64 from 128 to 3072, or 4096, 8192, 16384 or 32768 megabytes."
            )
        }
        if let port = configuration.customRuntimePort {
            try checkRange(port, FunctionLimits.customRuntimePort, "caPort", "(9000 is usual)")
            guard port != FunctionLimits.lambdaRuntimePort else {
                throw FunctionError(
                    .invalidArgument,
                    "caPort is \(port), where the Lambda Runtime API is inside a sandbox. Choose another; 9000 is usual."
                )
            }
        }
        try FunctionLimits.checkEnvironment(configuration.environment)
    }

    package static func check(_ configuration: AsyncConfiguration) throws(FunctionError) {
        if let age = configuration.ageSecondsMax {
            try checkRange(age, AsyncConfiguration.ageSecondsAllowed, "maxAsyncEventAgeInSeconds", "seconds")
        }
        if let count = configuration.retryCountMax {
            try checkRange(count, AsyncConfiguration.retryCountAllowed, "maxAsyncRetryAttempts", "repeats")
        }
    }

    private static func checkDescription(_ text: String?) throws(FunctionError) {
        guard (text?.utf8.count ?? 0) <= FunctionLimits.descriptionByteCountMax else {
            throw FunctionError(
                .invalidArgument,
                "description has more than \(FunctionLimits.descriptionByteCountMax) bytes. Shorten it.")
        }
    }

    /// `file.symbol`, where the file may stand in folders: `src/app.main`.
    ///
    /// - Parameter isFree: whether any text will do, and none: an executable gets it as it is, and makes of it what it likes.
    private static func checkHandler(_ handler: String, _ name: String, isFree: Bool) throws(FunctionError) {
        if isFree {
            guard handler.utf8.count <= 128, handler.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw FunctionError(
                    .invalidArgument,
                    "\(name) is \"\(handler.prefix(80))\": write at most 128 bytes without control characters.")
            }
            return
        }
        let parts = handler.split(separator: ".", omittingEmptySubsequences: false)
        let steps = handler.split(separator: "/", omittingEmptySubsequences: false)
        guard handler.utf8.count <= 128, parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }),
            steps.allSatisfy({ !$0.isEmpty && $0 != ".." }), !handler.utf8.contains(0), !handler.contains("\\")
        else {
            throw FunctionError(
                .invalidArgument,
                "\(name) is \"\(handler.prefix(80))\": write file.symbol, for example \"index.handler\" for what index.js or index.py calls handler."
            )
        }
    }

    private static func checkRange(
        _ value: Int, _ range: ClosedRange<Int>, _ name: String, _ unit: String
    ) throws(FunctionError) {
        guard range.contains(value) else {
            throw FunctionError(
                .invalidArgument, "\(name) is \(value): \(range.lowerBound) to \(range.upperBound) \(unit) are allowed."
            )
        }
    }
}
