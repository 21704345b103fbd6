package import LogService
package import TriggerService

/// Everything that knows a part of a trace.
package struct TraceSources: Sendable {
    let network: NetworkView
    let journal: InvocationJournal
    let checker: EndorsementChecker
    let caller: FunctionCaller
    let triggers: TriggerKeeper
    let logs: LogKeeper

    package init(
        network: NetworkView, journal: InvocationJournal, checker: EndorsementChecker, caller: FunctionCaller,
        triggers: TriggerKeeper, logs: LogKeeper
    ) {
        self.network = network
        self.journal = journal
        self.checker = checker
        self.caller = caller
        self.triggers = triggers
        self.logs = logs
    }
}

/// How much of a trace is told.
struct TraceLimits: Sendable {
    static let depthMax = 8
    static let lineCountMax = 500
    static let invocationCountMax = 200

    /// Transactions written back that are followed, one after another; 0 names them alone.
    var depth = 2
    /// Log lines of each invocation.
    var lineCount = 20
    /// Invocations of each transaction.
    var invocationCount = 50
    /// Of the transaction that was asked for: those behind this record.
    var after: Int64 = 0
}

/// What one answer may still hold, all transactions together.
struct TraceBudget {
    var transactionCount = 64
    var invocationCount = 500
    var lineCount = 5_000
}
