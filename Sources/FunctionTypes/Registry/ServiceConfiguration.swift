/// What a user sets on a service. Parts that only a cloud could honour are kept as they came, to be read back.
package struct ServiceConfiguration: Hashable, Sendable, Codable {
    package var description: String?
    package var logging: LogConfiguration?
    /// Default true, as in Function Compute.
    package var allowsInternetAccess = true
    package var role: String?
    package var vpcConfig: JSONValue?
    package var nasConfig: JSONValue?
    package var tracingConfig: JSONValue?

    package init() {}
}

/// Where a service's output goes.
package struct LogConfiguration: Hashable, Sendable, Codable {
    package var project: String
    package var logstore: String
    /// One entry per invocation besides the function's own output.
    package var requestMetrics: Bool
    package var instanceMetrics: Bool

    /// What `LogConfig: Auto` stands for on a node.
    package static let automatic = LogConfiguration(
        project: "duet-functions", logstore: "function-log", requestMetrics: true, instanceMetrics: true)

    package init(project: String, logstore: String, requestMetrics: Bool = false, instanceMetrics: Bool = false) {
        self.project = project
        self.logstore = logstore
        self.requestMetrics = requestMetrics
        self.instanceMetrics = instanceMetrics
    }
}
