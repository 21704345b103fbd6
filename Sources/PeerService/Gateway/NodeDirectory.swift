package import FabricTypes

/// The nodes that a gateway may ask, as they are known now.
package protocol NodeDirectory: Sendable {
    /// The peers of a channel, the gateway's own among them.
    ///
    /// - Parameter chaincode: of which at least it must be known who can run it as of the last block.
    func peers(of channel: ChannelID, toRun chaincode: Bytes) async -> [ChannelPeer]

    /// The orderers that take a channel's transactions.
    func orderers(of channel: ChannelID) async -> [any OrderingNode]
}

/// A peer with what a gateway must know of it to choose.
package struct ChannelPeer: Sendable {
    package let peer: any EndorsingPeer
    /// The peer's encoded ``SerializedIdentity``: judged by the channel's rules, it tells whose part the peer can take in
    /// an endorsement policy.
    package let identity: Bytes
    /// Number of blocks the peer has committed; of two peers the one that has more is asked first.
    package let ledgerHeight: BlockNumber
    /// The chaincodes it can run, besides the system chaincodes.
    package let chaincodes: Set<Bytes>

    package init(peer: any EndorsingPeer, identity: Bytes, ledgerHeight: BlockNumber, chaincodes: Set<Bytes>) {
        self.peer = peer
        self.identity = identity
        self.ledgerHeight = ledgerHeight
        self.chaincodes = chaincodes
    }
}
