/// How the process ends. The values other than 0 and 1 are those of `sysexits.h`.
///
/// Thrown by itself it ends the command without a message: for commands whose result, already printed, says why.
enum ExitStatus: Int32, Error, CaseIterable {
    case done = 0
    /// The operation was tried and failed.
    case failed = 1
    /// The command line is wrong; nothing was tried.
    case usage = 64
    /// What should be read is not there or cannot be read.
    case noInput = 66
    /// A node could not be reached. Trying again may help.
    case unreachable = 69
    /// The node refused because of who asks.
    case notAllowed = 77
    /// A configuration file, template or folder is wrong.
    case configuration = 78
}
