internal import FabricTypes
internal import LedgerCore
internal import Membership

/// The block that a channel starts with.
enum GenesisBlock {
    /// Reads the first block of a channel and makes its configuration.
    ///
    /// - Throws: ``PeerError`` `unusableGenesis`.
    static func check(
        _ bytes: Bytes, signatures: SignatureTable
    ) throws(PeerError) -> (PreparedBlock, ChannelConfiguration) {
        func refuse(_ reason: String, _ cause: (any Error)? = nil) -> PeerError {
            PeerError(.unusableGenesis, "The block cannot start a channel: \(reason)", cause: cause)
        }
        let block: Block
        do throws(WireError) {
            block = try Block(decoding: bytes)
        } catch {
            throw refuse("it cannot be read. \(error)", error)
        }
        guard block.hasHeader, block.number == 0 else {
            throw refuse("it is block \(block.number), not the channel's first one.")
        }
        let prepared = PreparedBlock(block)
        guard block.header.dataHash == prepared.dataHash.bytes else {
            throw refuse("its transactions are not those of its header.")
        }
        do throws(ConfigError) {
            return (prepared, try ChannelConfiguration(trusting: block, signatures: signatures))
        } catch {
            throw refuse(error.message, error)
        }
    }
}
