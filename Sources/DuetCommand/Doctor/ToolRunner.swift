internal import Foundation
internal import Subprocess
internal import SystemPackage

/// Finds programs on the search path and asks them short questions.
enum ToolRunner {
    enum Outcome: Equatable {
        /// Ended with status 0; the first line of its standard output.
        case answered(String)
        /// Could not be started, ended otherwise, or took too long; a few words why.
        case failed(String)
    }

    /// How long a tool may take: a first start from a cold disk is slow, a hanging one must not hold us up.
    static let patience = Duration.seconds(10)

    private static let outputByteCountMax = 64 * 1024

    /// The full path of `name`, or nil if no folder of the search path holds such a program.
    static func path(of name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs the program at `path`. Cancelled or out of time it is killed before this returns.
    static func ask(_ path: String, _ arguments: [String]) async -> Outcome {
        await withTaskGroup { group in
            group.addTask { await run(path, arguments) }
            group.addTask {
                try? await Task.sleep(for: patience)  // Cancellation means that the answer is there.
                return .failed("no answer within \(patience.components.seconds) s")
            }
            let first = await group.next() ?? .failed("not run")
            group.cancelAll()
            return first
        }
    }

    private static func run(_ path: String, _ arguments: [String]) async -> Outcome {
        do {
            let result = try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(arguments),
                output: .string(limit: outputByteCountMax), error: .string(limit: outputByteCountMax))
            guard result.terminationStatus.isSuccess else {
                return .failed(firstLine(of: result.standardError) ?? "\(result.terminationStatus)")
            }
            return .answered(firstLine(of: result.standardOutput) ?? "")
        } catch {
            return .failed("\(error)")
        }
    }

    private static func firstLine(of output: String?) -> String? {
        output?.split(whereSeparator: \.isNewline).first.map(String.init)
    }
}
