package import FabricTypes
package import Membership

/// A block with which an orderer is asked to join a channel, checked.
///
/// Source: Fabric's `channelparticipation.ValidateJoinBlock`.
package struct JoinBlock: Sendable {
    /// Why the block is not taken, in a stock orderer's words as far as these are known.
    package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package let block: Block
    package let configuration: ChannelConfiguration

    package var channelID: ChannelID { configuration.channelID }

    /// - Throws: ``Refusal``.
    package init(checking block: Block, signatures: SignatureTable) throws(Refusal) {
        guard block.hasHeader, block.hasData, block.isConfigBlock else {
            throw Refusal(description: "block is not a config block")
        }
        guard block.hasMetadata, !block.metadata.slots.isEmpty else {
            throw Refusal(description: "invalid block: does not have metadata")
        }
        guard block.header.dataHash == block.data.hash.bytes else {
            throw Refusal(description: "invalid block: Header.DataHash is different from Hash(block.Data)")
        }
        do throws(ConfigError) {
            configuration = try ChannelConfiguration(trusting: block, signatures: signatures)
        } catch {
            throw Refusal(description: error.stockMessage)
        }
        self.block = block
    }
}
