package import FabricTypes
package import Membership
package import PeerService

/// Somebody else's network, whose ledgers a node keeps copies of to show them.
package struct MirrorConfiguration: Sendable {
    /// The peer that is followed, as `host:port`.
    package var peerAddress: String
    /// Who reads there.
    package var signer: SigningIdentity
    /// The first block of each channel that is followed, and of those mirrored before that the peer still gives; none where
    /// the peer is away. All channels mirrored before are followed as well.
    package var genesisBlocks: [Bytes]
    package var source: any BlockSource
    /// Why blocks do not come now, in whole sentences; empty while they do. From memory.
    package var problems: @Sendable () -> [String]

    package init(
        peerAddress: String, signer: SigningIdentity, genesisBlocks: [Bytes], source: any BlockSource,
        problems: @escaping @Sendable () -> [String]
    ) {
        self.peerAddress = peerAddress
        self.signer = signer
        self.genesisBlocks = genesisBlocks
        self.source = source
        self.problems = problems
    }

    /// The channels that a data folder mirrors, as far as it can be read.
    package static func channelsKept(dataFolder: String) -> [ChannelID] {
        // A folder that cannot be read holds none that could be shown.
        (try? LedgerFolders(path: MirrorPart.folder(in: dataFolder)).channelIDs()) ?? []
    }
}
