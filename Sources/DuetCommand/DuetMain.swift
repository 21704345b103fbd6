internal import ArgumentParser
public import DuetContract
internal import Foundation

/// The program: `duet` is this call alone, and a program with linked contracts is this call and its contracts.
public enum DuetMain {
    /// Reads the process's arguments, runs the command they name, and ends the process with its ``ExitStatus``.
    ///
    /// Results go to standard output, everything else to standard error.
    ///
    /// - Parameter contracts: linked into the program; `up` runs and deploys them.
    public static func run(contracts: [LinkedContract] = []) async -> Never {
        await $linkedContracts.withValue(contracts) {
            do {
                var command = try RootCommand.parseAsRoot()
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
                exit(ExitStatus.done.rawValue)
            } catch {
                exit(report(error).rawValue)
            }
        }
    }

    /// The contracts of the running program, since commands are made by the argument parser.
    @TaskLocal static var linkedContracts: [LinkedContract] = []

    /// Tells the person what `error` means and answers with the status the process ends with.
    private static func report(_ error: any Error) -> ExitStatus {
        if let silent = error as? ExitStatus {
            return silent
        }
        if let failure = error as? CommandError {
            Terminal.standardError.write("Error: \(failure.message)\n")
            return failure.status
        }
        if let refusal = error as? NodeRefusal {
            Terminal.standardError.write("Error: \(refusal.message)\n")
            return refusal.exitStatus
        }
        // Help, the version and a wrong command line reach us as errors of the argument parser.
        let code = RootCommand.exitCode(for: error)
        if code == .success {
            Terminal.standardOutput.write(RootCommand.fullMessage(for: error) + "\n")
            return .done
        }
        if code == .validationFailure {
            Terminal.standardError.write(RootCommand.fullMessage(for: error) + "\n")
            return .usage
        }
        Terminal.standardError.write("Error: \(error)\n")
        return .failed
    }
}
