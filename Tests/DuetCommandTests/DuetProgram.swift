import Foundation
import Subprocess

/// Runs the built `duet`, as a person at a shell would, without a terminal.
enum DuetProgram {
    struct Result {
        let status: Int32
        let standardOutput: String
        let standardError: String
    }

    /// - Parameter outputPath: where standard output goes instead of into the result.
    /// - Throws: When the program cannot be started, ends by a signal, or prints more than 1 MiB.
    static func run(
        _ arguments: [String], searchPath: String? = nil, outputPath: String? = nil
    ) async throws -> Result {
        // `env` finds the program by its full path, and sets the search path for it alone.
        let setting = searchPath.map { ["PATH=\($0)"] } ?? []
        let redirection = outputPath.map { ["sh", "-c", #"exec "$@" >"$0""#, $0] } ?? []
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments(redirection + setting + [executable.path] + arguments),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard case .exited(let status) = result.terminationStatus else {
            throw EndedBySignal(description: "duet \(arguments) ended: \(result.terminationStatus)")
        }
        return Result(
            status: status, standardOutput: result.standardOutput, standardError: result.standardError)
    }

    struct EndedBySignal: Error, CustomStringConvertible {
        let description: String
    }

    /// The program stands beside the bundle of tests, whatever the build folder and configuration are.
    private static var executable: URL {
        Bundle.main.bundleURL.appendingPathComponent("duet")
    }
}
