package import FabricTypes
internal import Synchronization

/// Blocks in memory: for tests and for networks that need not outlive their process.
package final class InMemoryBlockLog: OrderedBlockLog {
    private let blocks: Mutex<[Bytes]>

    package init(_ blocks: [Bytes]) {
        self.blocks = Mutex(blocks)
    }

    package var height: BlockNumber { BlockNumber(blocks.withLock(\.count)) }

    package var hasRoom: Bool { true }

    package func append(_ added: [(number: BlockNumber, bytes: Bytes)]) {
        blocks.withLock { blocks in
            for block in added {
                precondition(block.number == BlockNumber(blocks.count), "block numbers rise by one")
                blocks.append(block.bytes)
            }
        }
    }

    package func block(_ number: BlockNumber) -> Bytes {
        blocks.withLock { $0[Int(number)] }
    }
}

/// Logs in memory.
package final class InMemoryBlockLogs: OrderedBlockLogs {
    private let logs = Mutex<[ChannelID: InMemoryBlockLog]>([:])

    package init() {}

    package func channels() -> [ChannelID] {
        logs.withLock { Array($0.keys) }
    }

    package func open(_ channel: ChannelID) throws -> any OrderedBlockLog {
        guard let log = logs.withLock({ $0[channel] }) else {
            throw ChainFault(description: "There is no log of channel \"\(channel)\".")
        }
        return log
    }

    package func create(_ channel: ChannelID, genesis: Bytes) -> any OrderedBlockLog {
        let log = InMemoryBlockLog([genesis])
        logs.withLock { $0[channel] = log }
        return log
    }

    package func remove(_ channel: ChannelID) {
        logs.withLock { _ = $0.removeValue(forKey: channel) }
    }
}
