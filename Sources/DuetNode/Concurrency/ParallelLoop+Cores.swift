internal import Dispatch
package import LedgerCore

extension ParallelLoop {
    /// Spreads over as many threads as the machine has cores to spare, the caller's among them.
    ///
    /// The caller blocks until all is done, and several callers share the cores.
    package static let allCores = ParallelLoop { count, body in
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}
