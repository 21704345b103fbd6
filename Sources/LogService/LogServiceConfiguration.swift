/// What bounds the log service.
package struct LogServiceConfiguration: Sendable {
    /// How long lines of functions wait to be written together; 20 ms. A killed process loses at most these.
    package var gatherTime = Duration.milliseconds(20)
    /// How often lines of functions are synced to disk; 1 s. A power failure loses at most these. Writes acknowledged
    /// through the API are synced before they are acknowledged.
    package var syncInterval = Duration.seconds(1)
    /// Bytes of function lines that may wait, for one logstore and for all; lines above it are dropped and counted.
    package var waitingByteCountMax = 8 * 1_024 * 1_024
    package var waitingByteCountTotalMax = 64 * 1_024 * 1_024
    /// Longer texts of function lines are cut.
    package var lineByteCountMax = 1_024 * 1_024
    /// Bytes of one entry written through the API.
    package var entryByteCountMax = 8 * 1_024 * 1_024
    /// Time after which a search answers with what it has.
    package var searchTimeLimit = Duration.seconds(10)
    /// Time after which a `select` fails.
    package var selectTimeLimit = Duration.seconds(30)
    /// Rows of a `select` without a limit, and at most.
    package var rowCountDefault = 100
    package var rowCountMax = 100_000
    /// Projects of the node.
    package var projectCountMax = 1_000
    /// Live tails at once.
    package var tailCountMax = 1_000
    /// Time between two signs of life of a quiet tail.
    package var heartbeatInterval = Duration.seconds(15)
    /// How often expired files are looked for.
    package var expiryInterval = Duration.seconds(600)

    package init() {}
}
