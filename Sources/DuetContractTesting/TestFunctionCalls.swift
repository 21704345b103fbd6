internal import DuetContract
internal import LedgerCore
internal import Synchronization

/// The functions of one test call, and what they answered.
final class TestFunctionCalls: Sendable {
    private let functions: [String: @Sendable (Bytes) throws -> Bytes]
    private let calls = Mutex<[TestTransaction.FunctionCall]>([])

    init(_ functions: [String: @Sendable (Bytes) throws -> Bytes]) {
        self.functions = functions
    }

    var answered: [TestTransaction.FunctionCall] { calls.withLock { $0 } }

    func answer(_ request: FunctionRequest) throws(FunctionCallError) -> Bytes {
        guard let function = functions[request.function] else {
            throw FunctionCallError(
                .notCallable,
                "Function \"\(request.function)\" is not there: let the test ledger answer for it with answer(_:with:)."
            )
        }
        let answer: Bytes
        do {
            answer = try function(request.payload)
        } catch {
            let status = (error as? ContractError)?.status
            throw FunctionCallError(
                status.flatMap { FunctionCallError.Code(rawValue: $0) } ?? .failed,
                "Function \"\(request.function)\" failed: \(error)")
        }
        calls.withLock {
            $0.append(
                TestTransaction.FunctionCall(function: request.function, payload: request.payload, answer: answer))
        }
        return answer
    }
}
