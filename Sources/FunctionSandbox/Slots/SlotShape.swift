internal import FunctionCore
internal import FunctionTypes

/// What an instance is started for before it is known for which function: functions of one shape fit into the same slots.
struct SlotShape: Hashable, Sendable {
    enum Program: Hashable, Sendable {
        /// Node.js is told at its start how large its heap may be, megabytes.
        case node(heapMegabytes: Int)
        case python
        /// The function brings its own; only the sandbox is started ahead.
        case executable
    }

    var program: Program
    var hasNetwork: Bool
    /// Variables that a runtime reads only at its start: with such a function the slot is its alone.
    var environment: [String: String]

    /// - Throws: `FunctionNotStarted` for a runtime that is not to be had here.
    init(_ specification: InstanceSpecification, isNetworkOffered: Bool) throws(FunctionError) {
        let configuration = specification.function.configuration
        guard let runtime = RuntimeName(configuration.runtime) else {
            throw FunctionError(.functionNotStarted, "Runtime \"\(configuration.runtime)\" is not known.")
        }
        switch runtime.family {
        case .node: program = .node(heapMegabytes: max(64, configuration.memoryMegabytes * 3 / 4))
        case .python: program = .python
        case .executable: program = .executable
        case .unavailable(let reason):
            throw FunctionError(.functionNotStarted, "Runtime \"\(runtime.rawValue)\" cannot run: \(reason).")
        }
        hasNetwork = isNetworkOffered && specification.function.service.allowsInternetAccess
        environment =
            program == .executable ? [:] : configuration.environment.filter { Self.isReadAtStart($0.key) }
    }

    /// Whether slots of this shape are of use to more than one function.
    var isShared: Bool { environment.isEmpty }

    private static func isReadAtStart(_ name: String) -> Bool {
        ["LD_", "MALLOC_", "NODE_", "UV_", "PYTHON", "LC_", "OPENSSL_", "SSL_", "GLIBC_"].contains {
            name.hasPrefix($0)
        }
            || name == "LANG"
    }
}
