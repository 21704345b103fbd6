package import FabricTypes

/// One channel's blocks as an orderer keeps them: its only record of what was ordered.
///
/// The in-memory twin is ``InMemoryBlockLog``. Calls block; they are made from storage threads only. One caller appends,
/// any number read beside it.
package protocol OrderedBlockLog: Sendable {
    /// The number of the last block plus one.
    var height: BlockNumber { get }

    /// Whether there is room for more blocks for a while. Asked before an envelope is taken, so that a disk that fills up
    /// is noticed while it still can be said.
    var hasRoom: Bool { get }

    /// Appends blocks in order and returns when all are durable. They share one sync.
    ///
    /// - Throws: none of the blocks counts as written then, and nothing more can be appended until the log is opened anew.
    func append(_ blocks: [(number: BlockNumber, bytes: Bytes)]) throws

    /// An encoded block below ``height``.
    func block(_ number: BlockNumber) throws -> Bytes
}

/// Where an orderer's channels are kept. Calls block.
package protocol OrderedBlockLogs: Sendable {
    /// The channels that were created and not removed, in no order.
    func channels() throws -> [ChannelID]

    /// Opens a channel's log; what was torn when the process ended is cut off.
    ///
    /// - Throws: also if what is read is no chain of blocks.
    func open(_ channel: ChannelID) throws -> any OrderedBlockLog

    /// Makes a log with its first block. It exists durably with that block, or not at all.
    func create(_ channel: ChannelID, genesis: Bytes) throws -> any OrderedBlockLog

    /// Removes a log for good. Nothing may be using it.
    func remove(_ channel: ChannelID) throws
}
