/// What a user sets on a function.
package struct FunctionConfiguration: Hashable, Sendable, Codable {
    package var description: String?
    /// The runtime's name as the user wrote it: `nodejs8`, `python3`.
    package var runtime: String
    /// `file.symbol`.
    package var handler: String
    /// `file.symbol`, run once per instance before its first request.
    package var initializer: String?
    /// 1…86,400; default 3.
    package var timeoutSeconds = 3
    /// 1…300; default 3.
    package var initializationTimeoutSeconds = 3
    /// Megabytes (2^20 bytes); default 128.
    package var memoryMegabytes = 128
    /// Requests at once in one instance, 1…100; default 1.
    package var instanceConcurrency = 1
    package var instanceType: String?
    /// The port a custom runtime listens on; default 9000.
    package var customRuntimePort: Int?
    package var customContainer: JSONValue?
    package var layers: [String] = []
    package var environment: [String: String] = [:]
    package var preFreeze: LifecycleHook?
    package var preStop: LifecycleHook?
    package var code: CodeReference?

    package init(runtime: String, handler: String) {
        self.runtime = runtime
        self.handler = handler
    }
}

/// A handler that runs before an idle instance is frozen or stopped.
package struct LifecycleHook: Hashable, Sendable, Codable {
    package var handler: String
    /// 1…90; default 3.
    package var timeoutSeconds: Int

    package init(handler: String, timeoutSeconds: Int = 3) {
        self.handler = handler
        self.timeoutSeconds = timeoutSeconds
    }
}

/// A stored code package.
package struct CodeReference: Hashable, Sendable, Codable {
    /// SHA-256 over the package's canonical list of files, lower-case hexadecimal: equal files give equal digests, whatever
    /// archive they came in.
    package var digest: String
    /// Bytes of the unpacked files.
    package var byteCount: Int
    /// CRC-64 of the archive as it was sent, decimal: what Function Compute calls `codeChecksum`.
    package var checksum: String

    package init(digest: String, byteCount: Int, checksum: String) {
        self.digest = digest
        self.byteCount = byteCount
        self.checksum = checksum
    }
}
