package import FabricTypes
package import Membership
internal import Synchronization

/// The simulation of one transaction on one channel: a leased snapshot, the simulator over it, and when it is over.
///
/// Shared by all contracts that the transaction runs through. Concurrency: any thread; calls run one after another, and
/// only ``expire()`` does not wait for one that is under way.
package final class ChannelSimulation: Sendable {
    package let channelID: Bytes
    package let transactionID: Bytes
    /// The channel's configuration when the simulation began.
    package let configuration: ChannelConfiguration
    /// How rich queries are understood; nil where the channel's peers do not answer any.
    let queryEngine: (any RegexEngine)?
    let queryRowCountMax: Int
    package let snapshot: any LedgerSnapshot
    let blocks: any BlockStore

    private struct State {
        var simulator: TransactionSimulator
        /// The first failure of the store. A contract may pass over it, the endorser must not.
        var storeFailure: (any Error)?
    }

    private let state: Mutex<State>
    private let expiry = Atomic(false)

    /// - Parameters:
    ///   - snapshot: given back with ``close()`` or ``expire()``.
    ///   - queryEngine: nil answers rich queries as a peer with a key-value state database does.
    ///   - queryRowCountMax: rows that a query without pagination answers.
    package init(
        transactionID: Bytes, configuration: ChannelConfiguration, snapshot: any LedgerSnapshot, blocks: any BlockStore,
        writeRule: WriteRule = .any, queryEngine: (any RegexEngine)? = nil,
        queryRowCountMax: Int = TransactionSimulator.queryRowCountMaxDefault
    ) {
        channelID = Bytes(configuration.channelID.rawValue)
        self.transactionID = transactionID
        self.configuration = configuration
        self.snapshot = snapshot
        self.blocks = blocks
        self.queryEngine = queryEngine
        self.queryRowCountMax = queryRowCountMax
        state = Mutex(
            State(
                simulator: TransactionSimulator(
                    transactionID: transactionID, over: snapshot, organizations: configuration.application.mspIDs,
                    writeRule: writeRule, queryRowCountMax: queryRowCountMax)))
    }

    /// Number of blocks whose effects the transaction sees.
    package var height: BlockNumber { snapshot.height }

    package var isExpired: Bool { expiry.load(ordering: .acquiring) }

    /// Ends the simulation from outside: every further call of a contract fails, and the snapshot is given back.
    package func expire() {
        expiry.store(true, ordering: .releasing)
        snapshot.close()
    }

    /// Gives the snapshot back. Call it when the simulation has ended, however it ended.
    package func close() {
        snapshot.close()
    }

    /// Reads or writes outside of any contract, as the peer itself does for a transaction.
    ///
    /// - Throws: what `body` throws. A failure of the store is remembered, and ``finish()`` throws it again.
    package func withSimulator<Value: Sendable>(
        _ body: (inout TransactionSimulator) throws -> Value
    ) throws -> Value {
        // The lock is held while the state is read: the transaction has nothing else to do meanwhile.
        try state.withLock { state in
            do {
                return try body(&state.simulator)
            } catch let error as LedgerStoreError {
                if state.storeFailure == nil { state.storeFailure = error }
                throw error
            }
        }
    }

    /// The read-write set and what goes with it.
    ///
    /// - Throws: a failure of the store during the simulation; else as ``TransactionSimulator/finish()``.
    package func finish() throws -> SimulationResult {
        let state = state.withLock { $0 }
        if let failure = state.storeFailure { throw failure }
        return try state.simulator.finish()
    }
}
