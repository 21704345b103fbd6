/// Why a peer turns a proposal away without a proposal response: what gRPC clients see as a status.
///
/// A gateway that asks the endorser of its own process sees `message` as a response with status 500, too.
package struct EndorserError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The proposal is not in order, or its sender may not make it; the same proposal will not get better. gRPC's
        /// `Unknown`, as Go answers a plain error.
        case refused
        /// The creator's certificate has expired, or the proposal's time is too far from the peer's. Fabric says this before
        /// its endorser sees the proposal, so that a gateway cannot tell it from a peer that cannot be reached.
        case filtered
        /// More proposals are under way than may. Worth a retry.
        case overloaded
    }

    package let code: Code
    /// Fabric's words.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ message: String) {
        self.init(.refused, message)
    }

    package var description: String { message }
}
