internal import Foundation
package import FunctionCore
package import FunctionTypes

/// Where Node.js and Python are on this machine.
package struct Interpreters: Sendable {
    /// Full paths that were set by hand.
    package var node: String?
    package var python: String?

    package init(node: String? = nil, python: String? = nil) {
        self.node = node
        self.python = python
    }

    /// System folders come before the search path: version managers put slow scripts there.
    private static let systemFolders = ["/usr/bin", "/usr/local/bin", "/opt/node/bin", "/opt/homebrew/bin"]

    /// - Throws: `FunctionNotStarted` if the interpreter is not installed.
    package func path(for runtime: RuntimeName) throws(FunctionError) -> String {
        switch runtime.family {
        case .node: return try nodePath()
        case .python: return try pythonPath()
        case .executable:
            throw FunctionError(
                .functionNotStarted, "Runtime \"\(runtime.rawValue)\" has no interpreter: the function brings its own.")
        case .unavailable(let reason):
            throw FunctionError(.functionNotStarted, "Runtime \"\(runtime.rawValue)\" cannot run: \(reason).")
        }
    }

    func nodePath() throws(FunctionError) -> String { try find(node, "node", "Node.js", package: "nodejs") }

    func pythonPath() throws(FunctionError) -> String { try find(python, "python3", "Python 3", package: "python3") }

    private func find(_ set: String?, _ program: String, _ name: String, package: String) throws(FunctionError)
        -> String
    {
        if let set {
            if FileManager.default.isExecutableFile(atPath: set) { return set }
            throw FunctionError(
                .functionNotStarted, "\(name) was set to \"\(set)\", which is no program that can be run.")
        }
        let searchPath = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in Self.systemFolders + searchPath {
            let path = "\(folder)/\(program)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw FunctionError(
            .functionNotStarted,
            "\(name) is not installed: no program \"\(program)\" on the search path. Install it, for example with \"apt-get install \(package)\", and call again."
        )
    }
}
