/// How a function's process is kept from everything that is not its own.
package protocol Sandbox: Sendable {
    /// How the confinement is called in messages: `none`, `bubblewrap`.
    var name: String { get }

    /// The command that starts the process inside the sandbox.
    func command(for process: SandboxedProcess) -> SandboxCommand
}

/// A process to be confined: what it runs and what it may see.
package struct SandboxedProcess: Sendable {
    package var executable: String
    package var arguments: [String]
    package var environment: [String: String]
    package var workingFolder: String
    /// Folders that it may read.
    package var readableFolders: [String]
    /// Folders that it may change: its own temporary files and its socket.
    package var writableFolders: [String]
    package var allowsInternetAccess: Bool
    package var memoryMegabytesMax: Int

    package init(
        executable: String, arguments: [String], environment: [String: String], workingFolder: String,
        readableFolders: [String], writableFolders: [String], allowsInternetAccess: Bool, memoryMegabytesMax: Int
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingFolder = workingFolder
        self.readableFolders = readableFolders
        self.writableFolders = writableFolders
        self.allowsInternetAccess = allowsInternetAccess
        self.memoryMegabytesMax = memoryMegabytesMax
    }
}

/// A command ready to start.
package struct SandboxCommand: Sendable, Hashable {
    package var executable: String
    package var arguments: [String]
    package var environment: [String: String]
    package var workingFolder: String

    package init(executable: String, arguments: [String], environment: [String: String], workingFolder: String) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingFolder = workingFolder
    }
}

/// No confinement: the process sees what the node sees. Only after an explicit setting.
package struct UnconfinedSandbox: Sandbox {
    package init() {}

    package var name: String { "none" }

    package func command(for process: SandboxedProcess) -> SandboxCommand {
        SandboxCommand(
            executable: process.executable, arguments: process.arguments, environment: process.environment,
            workingFolder: process.workingFolder)
    }
}
