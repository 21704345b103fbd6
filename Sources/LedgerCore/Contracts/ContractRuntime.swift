package import FabricTypes

/// One call of a contract, checked and ready to run.
package struct ContractInvocation: Sendable {
    package enum Kind: Hashable, Sendable {
        /// The one call that a definition with init-required waits for: Fabric's INIT message.
        case initialization
        case transaction
    }

    /// The contract's name, which is the namespace of its state.
    package let chaincode: Bytes
    package let version: Bytes
    package let kind: Kind
    package let arguments: [Bytes]
    /// Notes that this peer added; a client's own never arrive here.
    package let decorations: [Bytes: Bytes]
    package let transaction: ProposedTransaction

    package init(
        chaincode: Bytes, version: Bytes, kind: Kind, arguments: [Bytes], decorations: [Bytes: Bytes] = [:],
        transaction: ProposedTransaction
    ) {
        self.chaincode = chaincode
        self.version = version
        self.kind = kind
        self.arguments = arguments
        self.decorations = decorations
        self.transaction = transaction
    }
}

/// How a call of a contract ended.
package enum ContractOutcome: Sendable {
    /// The contract answered, be it with success or failure.
    ///
    /// - event: the last one the contract set; chaincode and transaction id in it are the peer's to fill in.
    case completed(Response, event: ChaincodeEvent?)
    /// The contract could not answer: Fabric's ERROR message, which also a failed Init sends.
    case failed(String)
}

/// Where contracts run: linked into this program, or behind Fabric's shim protocol.
///
/// Concurrency: any number of calls at once. ``execute(_:context:)`` is called on one of the ``BlockingThreads`` and may
/// block it; a contract that calls another one runs it on the same thread.
package protocol ContractRuntime: Sendable {
    /// Whether the runtime can run a contract under this name.
    ///
    /// - Parameter packageID: the package that the peer's organisation approved; empty for none.
    func isInstalled(chaincode: Bytes, packageID: Bytes) -> Bool

    /// Runs one call. Everything that the contract reads or writes goes through `context`.
    ///
    /// - Throws: only where the runtime itself fails; what the contract does wrong is an outcome.
    func execute(_ invocation: ContractInvocation, context: ContractContext) throws -> ContractOutcome
}

/// Threads for work that blocks: simulations, whose every read is a database call.
///
/// Bounded: so many works run at once, so many wait, more are refused.
package protocol BlockingThreads: Sendable {
    /// Hands the work to a thread and returns at once. Work that was taken is not stopped by anything.
    ///
    /// - Throws: ``BlockingThreadsBusy`` where too much work waits already; the work is not run then.
    func start(_ work: @escaping @Sendable () -> Void) throws(BlockingThreadsBusy)

    /// Waits within a work for something that may need such a thread itself: while `body` runs, another thread takes the place
    /// of this one.
    ///
    /// - Throws: ``BlockingThreadsBusy`` where too many works wait so already; `body` is not run then.
    func whileWaiting<Value>(_ body: () -> Value) throws(BlockingThreadsBusy) -> Value
}

/// More work waits for threads than may. Worth a retry later.
package struct BlockingThreadsBusy: Error, CustomStringConvertible {
    package let waitingCountMax: Int

    package init(waitingCountMax: Int) {
        self.waitingCountMax = waitingCountMax
    }

    package var description: String {
        "More than \(waitingCountMax) simulations are waiting for a thread. Repeat the request later."
    }
}
