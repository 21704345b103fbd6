package import FabricTypes

/// A channel as the channel participation API shows it.
package struct ChannelParticipation: Hashable, Sendable {
    /// This orderer's part in ordering the channel.
    package enum Relation: String, Sendable {
        case consenter
    }

    package enum Status: String, Sendable {
        case active
        /// Blocks can be read; none can be added until the node is started again.
        case failed
    }

    package let name: ChannelID
    package let relation: Relation
    package let status: Status
    /// The number of its last block plus one.
    package let height: BlockNumber

    package init(_ channel: OrdererChannel) {
        name = channel.id
        relation = .consenter
        status = channel.isHalted ? .failed : .active
        height = channel.height
    }
}

/// Which block of a channel is asked for.
package enum ParticipationBlock: Hashable, Sendable {
    case newest
    case oldest
    /// The one with the configuration in force.
    case config
    case number(BlockNumber)
}
