package import FabricTypes
package import LedgerCore
package import Membership
internal import Synchronization

/// Works out of blocks what needs no ledger, ahead of their commit and once for all peers of a process.
///
/// Keeps the last few blocks: as peers of a process commit the same blocks at about the same time, each is decoded once.
/// Safe to use from any thread; whoever asks for a block that is being worked on waits for it.
package final class BlockPreparation: Sendable {
    /// How many blocks are kept.
    private static let blockCountMax = 8
    /// Larger blocks are not kept, so that the memory held stays below this times ``blockCountMax``.
    private static let keptByteCountMax = 16 << 20

    private final class Entry: Sendable {
        let bytes: Bytes
        let channelID: ChannelID
        let result = Mutex<Result<PreparedBlock, WireError>?>(nil)

        init(bytes: Bytes, channelID: ChannelID) {
            self.bytes = bytes
            self.channelID = channelID
        }
    }

    /// Oldest first.
    private let entries = Mutex<[Entry]>([])

    package init() {}

    /// - Parameters:
    ///   - bytes: an encoded `common.Block`.
    ///   - configuration: the channel's, in force now. Signatures that count by another are only not known yet.
    /// - Throws: where the bytes are no block.
    package func prepare(
        _ bytes: Bytes, configuration: ChannelConfiguration, loop: ParallelLoop
    ) throws(WireError) -> PreparedBlock {
        guard bytes.count <= Self.keptByteCountMax else {
            return try Self.work(bytes, configuration: configuration, loop: loop).get()
        }
        return try entry(for: bytes, channelID: configuration.channelID).result.withLock { result in
            if let result { return result }
            let worked = Self.work(bytes, configuration: configuration, loop: loop)
            result = worked
            return worked
        }.get()
    }

    private func entry(for bytes: Bytes, channelID: ChannelID) -> Entry {
        entries.withLock { entries in
            if let known = entries.first(where: { $0.channelID == channelID && $0.bytes == bytes }) { return known }
            let entry = Entry(bytes: bytes, channelID: channelID)
            if entries.count == Self.blockCountMax { entries.removeFirst() }
            entries.append(entry)
            return entry
        }
    }

    private static func work(
        _ bytes: Bytes, configuration: ChannelConfiguration, loop: ParallelLoop
    ) -> Result<PreparedBlock, WireError> {
        do throws(WireError) {
            let prepared = PreparedBlock(try Block(decoding: bytes), loop: loop)
            prepared.checkSignatures(by: configuration.resolver, loop: loop)
            return .success(prepared)
        } catch {
            return .failure(error)
        }
    }
}
