/// A failure as the person at the terminal gets to see it.
///
/// Commands wrap errors of deeper layers into it where they know the status; any other error ends as
/// ``ExitStatus/failed`` with its own description.
struct CommandError: Error, CustomStringConvertible {
    let status: ExitStatus
    /// Whole sentences: what failed, which one, why, what to do.
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    var description: String { message }
}
