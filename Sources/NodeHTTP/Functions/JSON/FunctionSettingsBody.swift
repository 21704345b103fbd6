internal import FunctionCore
internal import FunctionTypes

extension FunctionBody {
    /// Puts what the body says into a function's settings; what it leaves out stays. The code comes separately.
    func apply(to function: inout FunctionConfiguration) throws(FunctionError) {
        if let description = try text("description") { function.description = description }
        if let runtime = try text("runtime") { function.runtime = runtime }
        if let handler = try text("handler") { function.handler = handler }
        if let initializer = try text("initializer") { function.initializer = initializer.isEmpty ? nil : initializer }
        if let timeout = try integer("timeout") { function.timeoutSeconds = timeout }
        if let timeout = try integer("initializationTimeout") { function.initializationTimeoutSeconds = timeout }
        if let memory = try integer("memorySize") { function.memoryMegabytes = memory }
        if let concurrency = try integer("instanceConcurrency") { function.instanceConcurrency = concurrency }
        if let type = try text("instanceType") { function.instanceType = type }
        if let port = try integer("caPort") { function.customRuntimePort = port }
        if let container = json["customContainerConfig"] { function.customContainer = container }
        if let layers = try texts("layers") { function.layers = layers }
        if let variables = try object("environmentVariables") {
            function.environment = try variables.environment()
        }
        if let lifecycle = try object("instanceLifecycleConfig") {
            function.preFreeze = try lifecycle.object("preFreeze")?.hook()
            function.preStop = try lifecycle.object("preStop")?.hook()
        }
    }

    private func environment() throws(FunctionError) -> [String: String] {
        var environment: [String: String] = [:]
        for (name, value) in json.objectValue ?? [:] {
            guard let text = value.stringValue else {
                throw FunctionError(.invalidArgument, "Environment variable \"\(name.prefix(80))\" is not a text.")
            }
            environment[name] = text
        }
        return environment
    }

    /// An empty handler takes the hook away.
    private func hook() throws(FunctionError) -> LifecycleHook? {
        guard let handler = try text("handler"), !handler.isEmpty else { return nil }
        return LifecycleHook(handler: handler, timeoutSeconds: try integer("timeout") ?? 3)
    }

    /// The archive in `code.zipFile`; nil if the body brings no code.
    func archive() throws(FunctionError) -> [UInt8]? {
        guard let code = try object("code") else { return nil }
        if let text = try code.text("zipFile"), !text.isEmpty {
            guard let bytes = Base64.decode(text) else {
                throw FunctionError(.invalidArgument, "code.zipFile is not base64 of a zip archive.")
            }
            return bytes
        }
        guard code.json["ossBucketName"] == nil, code.json["ossObjectName"] == nil else {
            throw FunctionError(
                .invalidArgument,
                "code names an object of the cloud's storage, which is not reachable from here. Send it as code.zipFile."
            )
        }
        return nil
    }
}

extension FunctionRecord {
    var json: JSONValue { FunctionJSON.json(name, configuration, stamp) }
}

enum FunctionJSON {
    static func json(_ name: FunctionName, _ configuration: FunctionConfiguration, _ stamp: RecordStamp) -> JSONValue {
        configuration.json.merging([
            "functionId": .string(stamp.id), "functionName": .string(name.rawValue),
            "createdTime": .string(stamp.createdAt.iso8601), "lastModifiedTime": .string(stamp.modifiedAt.iso8601),
        ])
    }
}
