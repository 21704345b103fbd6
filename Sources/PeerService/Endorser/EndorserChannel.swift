package import FabricTypes
package import LedgerCore
package import Membership

/// A channel as the endorser needs it.
package protocol EndorserChannel: Sendable {
    var id: ChannelID { get }
    var ledger: any LedgerStore { get }
    var transientStore: any TransientStore { get }
    var definitions: DefinitionCache { get }
    /// The current one.
    var configuration: ChannelConfiguration { get }
}

/// The channels that a peer has joined.
package protocol EndorserChannels: Sendable {
    /// - Parameter id: as the client wrote it, which may be any text.
    func endorserChannel(_ id: Bytes) -> (any EndorserChannel)?

    var allEndorserChannels: [any EndorserChannel] { get }
}

/// Hands private data of an endorsed transaction to whoever shall have it before its block comes.
package protocol PrivateDataDistributor: Sendable {
    /// Keeps the data in the channel's transient store and, as far as its collections ask for it, hands it to other peers.
    ///
    /// Called on a thread for blocking work. Durable when it returns.
    ///
    /// - Throws: where fewer peers than a collection requires could be given the data, or it could not be stored.
    func distribute(
        _ content: TxPvtReadWriteSetWithConfigInfo, ofTransaction id: Bytes, height: BlockNumber,
        channel: any EndorserChannel) throws
}

/// Keeps private data on this peer alone.
package struct LocalPrivateData: PrivateDataDistributor {
    package init() {}

    package func distribute(
        _ content: TxPvtReadWriteSetWithConfigInfo, ofTransaction id: Bytes, height: BlockNumber,
        channel: any EndorserChannel
    ) throws {
        try channel.transientStore.keep(content.encoded(), ofTransaction: id, height: height)
    }
}
