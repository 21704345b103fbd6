package import FabricTypes

extension PeerChannel: EndorserChannel {}

extension Peer: EndorserChannels {
    package func endorserChannel(_ id: Bytes) -> (any EndorserChannel)? {
        // What is no channel name names no channel.
        (try? ChannelID(validating: id.lossyText)).flatMap { channel($0) }
    }
}
