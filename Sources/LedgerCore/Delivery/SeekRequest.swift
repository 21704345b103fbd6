package import FabricTypes
package import Membership

/// A signed request for blocks, read as far as no channel is needed for it.
///
/// Its header type is not looked at, and a nonce is not demanded: clients leave it out. Source: Fabric's
/// `deliver.Handler`.
package struct SeekRequest: Sendable {
    /// How far the request's time may be from the server's, either way: 15 minutes.
    package static let timeWindowSeconds: Int64 = 15 * 60

    /// The channel as the client names it, unchecked.
    package let channelName: Bytes
    /// The client's claim to have signed the request, for policies.
    package let signedData: SignedData
    private let data: Bytes

    /// - Parameters:
    ///   - envelope: the encoded `common.Envelope`.
    ///   - now: the server's time.
    /// - Throws: ``SeekRefusal`` `badRequest`.
    package init(decoding envelope: Bytes, now: Timestamp, binding: TLSBinding) throws(SeekRefusal) {
        let channelHeader: ChannelHeader
        let creator: Bytes
        do throws(WireError) {
            let envelope = try Envelope(decoding: envelope)
            let payload = try Payload(decoding: envelope.payload)
            guard let header = payload.header else {
                throw WireError(.invalidValue, path: [Payload.messageName, "header"], offset: 0)
            }
            channelHeader = try ChannelHeader(decoding: header.channelHeader)
            creator = try SignatureHeader(decoding: header.signatureHeader).creator
            signedData = SignedData(identity: creator, message: [envelope.payload], signature: envelope.signature)
            data = payload.data
        } catch {
            throw SeekRefusal(.badRequest, "The request cannot be read. \(error)")
        }
        guard let timestamp = channelHeader.timestamp else {
            throw SeekRefusal(.badRequest, "The request does not say when it was made.")
        }
        // In floating point like Go's, so that no claimed time is out of range.
        let distance = abs(Self.seconds(now) - Self.seconds(timestamp))
        guard distance <= Double(Self.timeWindowSeconds) else {
            throw SeekRefusal(
                .badRequest,
                "The request was made \(distance) s away from this server's time; \(Self.timeWindowSeconds) s are allowed."
            )
        }
        try binding.check(channelHeader.tlsCertificateHash)
        channelName = channelHeader.channelID
    }

    private static func seconds(_ timestamp: Timestamp) -> Double {
        Double(timestamp.seconds) + Double(timestamp.nanoseconds) / 1e9
    }

    /// What is asked for. Read only once the channel is known, so that an unknown one is answered first.
    ///
    /// - Throws: ``SeekRefusal`` `badRequest`.
    package func seekInfo() throws(SeekRefusal) -> SeekInfo {
        do throws(WireError) {
            return try SeekInfo(decoding: data)
        } catch {
            throw SeekRefusal(.badRequest, "What the request seeks cannot be read. \(error)")
        }
    }
}
