internal import FabricTypes
package import LedgerCore

/// What a peer counts about its ledgers, under the names of Fabric's metrics.
package struct PeerFigures: Sendable {
    /// `ledger_block_processing_time`, by channel: verify, judge and store a block.
    package let blockProcessing = DurationCounts()
    /// `ledger_blockstorage_and_pvtdata_commit_time`, by channel: the storing alone.
    package let blockStorage = DurationCounts()
    /// `ledger_transaction_count`, by channel and validation code.
    package let transactions = EventCounts()

    package init() {}

    func add(_ block: CommittedBlock, of channel: ChannelID) {
        let byCode = Dictionary(block.codes.map { ($0, UInt64(1)) }, uniquingKeysWith: &+)
        for (code, count) in byCode { transactions.add(count, [channel.rawValue, code.name]) }
    }
}
