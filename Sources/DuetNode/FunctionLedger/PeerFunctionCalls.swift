internal import FabricTypes
internal import Membership
internal import PeerService
internal import Synchronization
internal import TriggerCore
internal import TriggerService

/// A peer's way to the functions of its organisation, for contracts that call them.
///
/// Peers are opened before the functions: until the caller is there no function is.
final class PeerFunctionCalls: Sendable {
    private let caller = Mutex<FunctionCaller?>(nil)

    func set(_ value: FunctionCaller) {
        caller.withLock { $0 = value }
    }

    /// As one organisation's peers ask.
    func calls(of organization: MSPID) -> any FunctionCalls {
        OrganizationCalls(organization: organization, calls: self)
    }

    private struct OrganizationCalls: FunctionCalls {
        let organization: MSPID
        let calls: PeerFunctionCalls

        func answer(to question: FunctionQuestion) async throws(FunctionCallError) -> Bytes {
            guard let caller = calls.caller.withLock({ $0 }) else {
                throw FunctionCallError(
                    .notCallable,
                    "Function \"\(question.request.function)\" was not called: the node of \(organization) has no functions yet."
                )
            }
            let sent = question.input.decorations[TraceContext.decorationName].flatMap(\.utf8Text)
            return try await caller.answer(
                to: FunctionCaller.Question(
                    organization: organization, request: question.request, channel: question.channelID.lossyText,
                    contract: question.contract.lossyText, transactionID: question.transactionID.lossyText,
                    depth: EndorsementDepth.depth(of: question.input),
                    remaining: ContinuousClock.now.duration(to: question.deadline), traceparent: sent))
        }
    }
}
