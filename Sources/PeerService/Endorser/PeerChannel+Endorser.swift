package import FabricTypes
package import LedgerCore
package import Membership

extension PeerChannel: EndorserChannel {}

extension Peer: EndorserChannels {
    package func endorserChannel(_ id: Bytes) -> (any EndorserChannel)? {
        guard let text = id.utf8Text, let id = try? ChannelID(validating: text) else { return nil }
        return channel(id)
    }

    package var allEndorserChannels: [any EndorserChannel] { channels }
}
