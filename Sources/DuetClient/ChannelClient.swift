public import FabricTypes

/// One channel of a network, seen by one client.
public struct ChannelClient: Sendable {
    let client: NetworkClient
    public let id: ChannelID

    /// Whom the client acts as.
    public var identity: ClientIdentity { client.identity }

    /// A contract of this channel. Whether it is there is seen when it is called.
    public func contract(_ name: String) -> ContractClient {
        ContractClient(channel: self, name: name)
    }
}
