internal import FunctionCore
internal import FunctionTypes

/// The environment of a function: the user's variables, Function Compute's, and nothing of the node's own.
enum InstanceEnvironment {
    static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// - Parameter codeFolder: where the function sees its code.
    static func variables(of specification: InstanceSpecification, codeFolder: String) -> [String: String] {
        let function = specification.function
        let configuration = function.configuration
        let platform = [
            "FC_FUNCTION_NAME": function.id.function.rawValue,
            "FC_SERVICE_NAME": function.id.service.rawValue,
            "FC_HANDLER": configuration.handler,
            "FC_INITIALIZER": configuration.initializer ?? "",
            "FC_TIMEOUT": "\(configuration.timeoutSeconds)",
            "FC_INITIALIZATION_TIMEOUT": "\(configuration.initializationTimeoutSeconds)",
            "FC_MEMORY_SIZE": "\(configuration.memoryMegabytes)",
            "FC_ACCOUNT_ID": function.id.organization.rawValue,
            "FC_REGION": specification.region,
            "FC_QUALIFIER": function.qualifier.description,
            "FC_VERSION_ID": function.version?.description ?? "",
            "FC_INSTANCE_ID": specification.id.rawValue,
            "FC_SERVICE_LOG_PROJECT": function.service.logging?.project ?? "",
            "FC_SERVICE_LOG_STORE": function.service.logging?.logstore ?? "",
            "FC_FUNC_CODE_PATH": codeFolder,
        ]
        return configuration.environment.merging(platform) { _, platform in platform }
    }
}
