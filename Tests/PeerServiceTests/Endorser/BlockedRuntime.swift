import Dispatch
import FabricTypes
import LedgerCore

/// A contract that does not answer until it is let go, then reads once more.
final class BlockedRuntime: ContractRuntime {
    private let release = DispatchSemaphore(value: 0)
    /// Calls as they begin, then what their last read came to.
    let calls: AsyncStream<String>
    private let told: AsyncStream<String>.Continuation

    init() {
        (calls, told) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(16))
    }

    func isInstalled(chaincode: Bytes, packageID: Bytes) -> Bool { true }

    func execute(_ invocation: ContractInvocation, context: ContractContext) throws -> ContractOutcome {
        told.yield("began")
        release.wait()
        do throws(ContractCallError) {
            _ = try context.state(of: Bytes("a"))
            told.yield("read")
        } catch {
            told.yield(error.message)
        }
        return .completed(Response(status: 200), event: nil)
    }

    func letGo() {
        release.signal()
    }
}
