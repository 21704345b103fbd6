package import FabricTypes
internal import Synchronization

/// Asked by an endorser where a contract calls a function: the functions of the peer's organisation.
package protocol FunctionCalls: Sendable {
    /// Asks. Ends at the question's deadline at the latest.
    ///
    /// - Throws: ``FunctionCallError``, for the contract to read.
    func answer(to question: FunctionQuestion) async throws(FunctionCallError) -> Bytes
}

/// A contract's call of a function, and what it happens in.
package struct FunctionQuestion: Sendable {
    package let request: FunctionRequest
    package let channelID: Bytes
    package let transactionID: Bytes
    /// The contract that calls.
    package let contract: Bytes
    /// Of the proposal, for what its decorations tell.
    package let input: ChaincodeInput
    /// When the proposal's client gets an error instead.
    package let deadline: ContinuousClock.Instant
}

/// The names of functions that contracts called lately, by the digests under which their calls are recorded.
///
/// So that it can be said which function it was where organisations answered differently. At the bound all is forgotten.
package final class FunctionCallNames: Sendable {
    private static let countMax = 10_000

    private let names = Mutex<[Bytes: String]>([:])

    package init() {}

    func note(_ request: FunctionRequest) {
        let digest = Bytes(request.digest.hex)
        names.withLock { names in
            if names.count >= Self.countMax { names = [:] }
            names[digest] = request.function
        }
    }

    /// - Parameter request: as a ``RecordedCall`` has it.
    func name(of request: Bytes) -> String? {
        names.withLock { $0[request] }
    }
}
