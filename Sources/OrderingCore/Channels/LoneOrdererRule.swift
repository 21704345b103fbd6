internal import FabricTypes
package import Membership

/// Which channels an orderer may order without asking anybody: those that name no other.
///
/// Two orderers that each ordered a channel alone would make two chains of it.
package enum LoneOrdererRule {
    package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
        /// A whole sentence.
        package let description: String
    }

    package static func check(_ configuration: ChannelConfiguration) throws(Violation) {
        let type = configuration.orderer.consensusType.type
        guard type == OrdererConfiguration.raft else {
            throw Violation(
                description:
                    "The consensus type \"\(type.prefix(80))\" is not one this orderer can work with: it needs "
                    + "\"\(OrdererConfiguration.raft)\" with one consenter.")
        }
        let consenterCount: Int
        do throws(ConfigError) {
            consenterCount = try configuration.orderer.raftMetadata()?.consenters.count ?? 0
        } catch {
            throw Violation(description: error.message)
        }
        guard consenterCount == 1 else {
            throw Violation(
                description:
                    "The channel names \(consenterCount) consenters. This orderer orders alone: it takes channels "
                    + "that name exactly one.")
        }
    }
}
