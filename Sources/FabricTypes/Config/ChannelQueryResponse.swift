/// The channels that a peer has joined. Source: Fabric's `protos.ChannelQueryResponse`.
package struct ChannelQueryResponse: WireMessage {
    package static let messageName = "protos.ChannelQueryResponse"

    package var channels: [ChannelInfo] = []

    package init() {}

    package init(_ channels: [ChannelInfo]) {
        self.channels = channels
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &channels) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: channels)
    }
}

/// Source: Fabric's `protos.ChannelInfo`.
package struct ChannelInfo: WireMessage {
    package static let messageName = "protos.ChannelInfo"

    package var channelID = Bytes()

    package init() {}

    package init(channelID: Bytes) {
        self.channelID = channelID
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.readUTF8(&channelID) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, channelID)
    }
}
