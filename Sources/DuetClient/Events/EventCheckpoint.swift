public import FabricTypes

/// How far a consumer of events has come. Store it with what the events led to, and nothing is lost or done twice.
public struct EventCheckpoint: Hashable, Sendable, Codable {
    /// The block of the last event that was handled.
    public let blockNumber: BlockNumber
    /// The last transaction of it that was handled; nil once the block is behind us.
    public let transactionID: String?

    public init(blockNumber: BlockNumber, transactionID: String?) {
        self.blockNumber = blockNumber
        self.transactionID = transactionID
    }

    /// Behind all of a block.
    public static func after(block number: BlockNumber) -> EventCheckpoint {
        EventCheckpoint(blockNumber: number, transactionID: nil)
    }
}

/// Where a stream of events begins.
public enum EventStart: Hashable, Sendable {
    /// With the next block that is committed.
    case next
    case block(BlockNumber)
    case after(EventCheckpoint)
}

/// An event of a contract's valid transaction.
public struct ContractEvent: Hashable, Sendable {
    public let contract: String
    public let name: String
    public let payload: Bytes
    public let transactionID: String
    public let blockNumber: BlockNumber

    /// To go on behind this event.
    public var checkpoint: EventCheckpoint {
        EventCheckpoint(blockNumber: blockNumber, transactionID: transactionID)
    }
}
