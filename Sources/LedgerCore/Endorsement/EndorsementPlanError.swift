/// Why no peers can be named that would endorse together.
///
/// The message is in a stock node's words, since clients are told them. Source: Fabric's `discovery/endorsement`.
package struct EndorsementPlanError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
