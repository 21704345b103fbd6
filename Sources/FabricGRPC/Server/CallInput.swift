internal import FabricTypes
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix

/// What arrives on one call.
///
/// A large message counts for the budget of what is arriving until the handler asks for the next one, so that a server
/// holds no more of them than it bounds, however slowly they are worked off.
///
/// Unchecked: one task at a time reads a call, its handler's.
final class CallInput: @unchecked Sendable {
    /// Called once, when the caller has sent something; answers whether the call still has its place.
    var onFirstMessage: (@Sendable () -> Bool)?

    private var iterator: CallRunner.Inbound.AsyncIterator
    private let budget: ArrivalBudget
    private var heldByteCount = 0

    init(_ inbound: CallRunner.Inbound, budget: ArrivalBudget) {
        iterator = inbound.makeAsyncIterator()
        self.budget = budget
    }

    func next() async throws -> RPCRequestPart<CallRunner.TransportBytes>? {
        try await iterator.next(isolation: nil)
    }

    /// - Throws: ``RPCFailure`` `resourceExhausted` where the server holds too much.
    func nextMessage() async throws -> Bytes? {
        release()
        guard case .message(let message)? = try await next() else { return nil }
        if let onFirstMessage, !onFirstMessage() { throw CancellationError() }
        onFirstMessage = nil
        let byteCount = message.withUnsafeBytes { $0.count }
        if byteCount > StreamGuard.smallByteCount {
            guard budget.take(byteCount) else { throw RPCFailure(.resourceExhausted, StreamGuard.overload) }
            heldByteCount = byteCount
        }
        return message.withUnsafeBytes { Bytes([UInt8]($0)) }
    }

    /// The message that was read last is done with.
    func release() {
        if heldByteCount > 0 { budget.giveBack(heldByteCount) }
        heldByteCount = 0
    }
}
