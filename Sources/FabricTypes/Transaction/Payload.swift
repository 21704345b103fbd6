/// What an envelope's signature covers: the two headers and the content they describe.
///
/// Source: Fabric's `common.Payload`.
package struct Payload: WireMessage {
    package static let messageName = "common.Payload"

    /// Absent means damaged: no message is accepted without it.
    package var header: Header?
    /// A ``Transaction``, a config envelope, a config update envelope or a seek request, by the header's type.
    package var data = Bytes()

    package init() {}

    package init(header: Header?, data: Bytes) {
        self.header = header
        self.data = data
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.merge(into: &header)
        case 2: field.read(&data)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: header)
        writer.write(2, data)
    }
}

/// The headers of a payload, both still encoded: they are hashed and signed in this form.
///
/// Source: Fabric's `common.Header`.
package struct Header: WireMessage {
    package static let messageName = "common.Header"

    /// An encoded ``ChannelHeader``.
    package var channelHeader = Bytes()
    /// An encoded ``SignatureHeader``.
    package var signatureHeader = Bytes()

    package init() {}

    package init(channelHeader: Bytes, signatureHeader: Bytes) {
        self.channelHeader = channelHeader
        self.signatureHeader = signatureHeader
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&channelHeader)
        case 2: field.read(&signatureHeader)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, channelHeader)
        writer.write(2, signatureHeader)
    }
}
