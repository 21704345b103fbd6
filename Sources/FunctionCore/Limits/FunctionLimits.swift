package import FunctionTypes

/// Function Compute's limits, checked alike for templates and for the API.
package enum FunctionLimits {
    /// 600 s in the days of `fun`, later a day.
    package static let timeoutSeconds = 1...86_400
    package static let initializationTimeoutSeconds = 1...300
    package static let hookTimeoutSeconds = 1...90
    package static let instanceConcurrency = 1...100
    /// Where a custom runtime may listen: below are ports that only root may take. ``lambdaRuntimePort`` is taken, too.
    package static let customRuntimePort = 1024...65_535
    /// Where the Lambda Runtime API is inside a sandbox.
    package static let lambdaRuntimePort = 9001
    /// Bytes of a synchronous request or answer.
    package static let syncPayloadByteCountMax = 32 << 20
    /// Bytes of an asynchronous event.
    package static let asyncPayloadByteCountMax = 128 << 10
    /// Bytes of all headers of an answer.
    package static let answerHeaderByteCountMax = 8 << 10
    /// Bytes of all names and values of a function's environment.
    package static let environmentByteCountMax = 4 << 10
    /// Bytes of the log that travel with an answer.
    package static let logTailByteCountMax = 4 << 10
    package static let descriptionByteCountMax = 1024
    /// Bytes of a code archive as it is sent, and of its files.
    package static let codeArchiveByteCountMax = 100 << 20
    package static let codeByteCountMax = 500 << 20
    package static let codeFileCountMax = 50_000

    package static func isMemoryAllowed(_ megabytes: Int) -> Bool {
        switch megabytes {
        case 128...3072: megabytes % 64 == 0
        case 4096, 8192, 16_384, 32_768: true
        default: false
        }
    }

    package static func checkEnvironment(_ environment: [String: String]) throws(FunctionError) {
        var byteCount = 0
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            guard let first = name.utf8.first, ServiceName.isLetter(first) || first == UInt8(ascii: "_"),
                name.utf8.allSatisfy({ ServiceName.isLetter($0) || ServiceName.isDigit($0) || $0 == UInt8(ascii: "_") })
            else {
                throw FunctionError(
                    .invalidArgument,
                    "Environment variable \"\(name.prefix(80))\" is not allowed: its name may have letters, digits and \"_\" "
                        + "and must not begin with a digit.")
            }
            guard !value.utf8.contains(0) else {
                throw FunctionError(
                    .invalidArgument,
                    "Environment variable \"\(name)\" holds a NUL character, which no process can receive.")
            }
            guard !name.hasPrefix("FC_"), !name.hasPrefix("DUET_"), name != "LD_PRELOAD", name != "NODE_OPTIONS" else {
                throw FunctionError(
                    .invalidArgument, "Environment variable \"\(name)\" is set by the platform. Choose another name.")
            }
            byteCount += name.utf8.count + value.utf8.count
        }
        guard byteCount <= environmentByteCountMax else {
            throw FunctionError(
                .invalidArgument,
                "The environment variables have \(byteCount) bytes; \(environmentByteCountMax) are the most. Keep large values in files."
            )
        }
    }
}
