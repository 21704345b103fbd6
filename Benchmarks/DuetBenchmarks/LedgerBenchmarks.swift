internal import Dispatch
internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership

/// Validating and committing the recorded channel in memory, from genesis to its last block.
enum LedgerBenchmarks {
    static let cases = [
        // A table of signatures of its own for each run: every signature is checked.
        auditing(name: "LedgerAudit/recompute 110 recorded blocks", loop: .serial) { SignatureTable() },
        auditing(
            name: "LedgerAudit/recompute 110 recorded blocks on all cores",
            loop: ParallelLoop { count, body in DispatchQueue.concurrentPerform(iterations: count, execute: body) }
        ) { SignatureTable() },
        // One table for all runs: what is left when no signature needs checking.
        auditing(name: "LedgerAudit/recompute 110 recorded blocks, signatures known", loop: .serial) { known },
    ]

    private static let known = SignatureTable()

    private static func auditing(
        name: String, loop: ParallelLoop, signatures: @escaping @Sendable () -> SignatureTable
    ) -> Benchmark {
        Benchmark(name: name, unit: "transactions") {
            let blocks = try GoldenFiles.trade.blocks().map { try Block(decoding: $0) }
            return (
                blocks.reduce(0) { $0 + $1.data.entries.count },
                {
                    var audit = LedgerAudit(signatures: signatures(), loop: loop)
                    for block in blocks { keep(try audit.append(block)) }
                    precondition(audit.differenceCount == 0)
                }
            )
        }
    }
}
