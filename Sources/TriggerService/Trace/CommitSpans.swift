internal import FabricTypes
internal import FunctionTypes
package import Logging
internal import ServiceLifecycle
package import TriggerCore

/// Spans of committed transactions, from their proposal's time to the commit as this node sees it.
///
/// Reads the ledger behind the commits, as triggers do: it holds up nobody, and where it falls behind it goes on with the newest
/// block. A transaction's span comes from a node of its creator's organisation alone, so that a network of many nodes gives one.
package struct CommitSpans: Service {
    /// Channels that were joined meanwhile are found this often.
    private static let lookInterval = Duration.seconds(5)
    /// Blocks that it may be behind before it leaves some out.
    private static let lagMax: UInt64 = 100
    /// A client's clock that is farther off than this counts for nothing.
    private static let durationMax: Int64 = 600_000

    private let directory: any LedgerDirectory
    private let sink: any SpanSink
    private let time: TriggerTime
    private let logger: Logger

    package init(directory: any LedgerDirectory, sink: any SpanSink, time: TriggerTime, logger: Logger) {
        self.directory = directory
        self.sink = sink
        self.time = time
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                var followed: Set<String> = []
                while !Task.isCancelled {
                    for (organization, channel) in directory.memberships where !followed.contains(channel) {
                        guard let ledger = directory.committed(channel, of: organization) else { continue }
                        followed.insert(channel)
                        group.addTask { await follow(ledger, channel) }
                    }
                    do {
                        try await time.sleep(Self.lookInterval)
                    } catch {
                        break
                    }
                }
                group.cancelAll()
            }
        }
    }

    private func follow(_ ledger: any LedgerReading, _ channel: String) async {
        var next = ledger.height
        do {
            while true {
                try await ledger.wait(above: next)
                if ledger.height - next > Self.lagMax { next = ledger.height - 1 }
                while next < ledger.height {
                    guard let bytes = try await ledger.block(next) else { break }
                    let block = try LedgerBlock(decoding: bytes, isCommitted: true)
                    for transaction in block.transactions { record(transaction, block.number, channel) }
                    next += 1
                }
            }
        } catch is CancellationError {
        } catch {
            logger.warning(
                "Spans of transactions end here: the ledger cannot be read",
                metadata: ["channel.id": "\(channel)", "error": "\(error)"])
        }
    }

    private func record(_ transaction: LedgerTransaction, _ block: BlockNumber, _ channel: String) {
        guard transaction.isEndorserTransaction, isOurs(transaction.creatorMSPID, channel),
            let own = TraceContext.context(ofTransaction: transaction.transactionID)
        else { return }
        let action = transaction.action
        let sent = action.flatMap { TraceContext.context(of: $0, transactionID: transaction.transactionID) }
        // Below what its client sent; else it is the trace's root, above checks and triggers.
        let isRoot = sent == nil || sent == own
        let place =
            isRoot
            ? own
            : TraceParent(
                traceID: sent?.traceID ?? own.traceID, spanID: own.spanID, isSampled: sent?.isSampled ?? true)
        guard let place else { return }
        let (start, duration) = times(transaction)
        var span = TraceSpan(
            "\(transaction.contractNamed.lossyText).\(action?.function.utf8Text?.prefix(200) ?? "")", .server,
            at: place,
            parentSpanID: isRoot ? nil : sent?.spanID, organization: transaction.creatorMSPID, start: start,
            duration: duration)
        span.add("duet.channel", channel)
        span.add("duet.block", "\(block)")
        span.add("duet.transaction.index", Int64(transaction.index))
        span.add("duet.transaction.id", transaction.transactionID)
        span.add("duet.transaction.code", transaction.code.name)
        span.add("duet.contract", transaction.contractNamed.lossyText)
        if let cause = action?.cause { span.add("duet.cause", cause.eventID) }
        if !transaction.code.isValid { span.fail(transaction.code.name) }
        sink.record(span)
    }

    private func isOurs(_ mspID: String, _ channel: String) -> Bool {
        guard let organization = try? OrganizationName(validating: mspID) else { return false }
        return directory.committed(channel, of: organization) != nil
    }

    private func times(_ transaction: LedgerTransaction) -> (FunctionTypes.Timestamp, Duration) {
        let now = time.now()
        guard let sent = transaction.claimedAt else { return (now, .zero) }
        let milliseconds = now.milliseconds - sent.milliseconds
        guard (0...Self.durationMax).contains(milliseconds) else { return (now, .zero) }
        return (sent, .milliseconds(milliseconds))
    }
}
