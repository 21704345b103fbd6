package import FabricTypes
package import Membership
internal import PeerService

/// An orderer of another process, as peers get their blocks from it.
package struct RemoteBlockSource: BlockSource {
    private let client: RPCClient
    private let signer: SigningIdentity
    private let now: @Sendable () -> Timestamp
    private let nonce: @Sendable () -> Bytes

    /// - Parameters:
    ///   - client: connected to the orderer; somebody runs it.
    ///   - signer: the peer, which must be among the channel's readers.
    ///   - now: the time of day; orderers take requests of the last and next quarter of an hour.
    ///   - nonce: bytes that are new each time.
    package init(
        _ client: RPCClient, signer: SigningIdentity, now: @escaping @Sendable () -> Timestamp,
        nonce: @escaping @Sendable () -> Bytes
    ) {
        self.client = client
        self.signer = signer
        self.now = now
        self.nonce = nonce
    }

    package func blocks(of channel: ChannelID, from number: BlockNumber) -> AsyncThrowingStream<Bytes, any Error> {
        let blocks = PulledMessages { [self] handOver in
            let request = try seek(channel, from: number)
            try await client.stream("orderer.AtomicBroadcast", "Deliver", deadline: nil) { call in
                try await call.send(request)
                while let message = try await call.next() {
                    switch try DeliverResponse(decoding: message).content {
                    case .block(let block): try await handOver(block)
                    case .status(let status): throw RemoteDeliverError(channelID: channel, status: status)
                    case nil: continue
                    }
                }
            }
        }
        return AsyncThrowingStream { try await blocks.next() }
    }

    private func seek(_ channel: ChannelID, from number: BlockNumber) throws -> Bytes {
        let channelHeader = ChannelHeader(
            type: .deliverSeekInfo, timestamp: now(), channelID: Bytes(channel.rawValue),
            tlsCertificateHash: client.certificateHash?.bytes ?? Bytes())
        let payload = Payload(
            header: Header(
                channelHeader: channelHeader.encoded(),
                signatureHeader: SignatureHeader(creator: signer.serialized, nonce: nonce()).encoded()),
            data: SeekInfo(start: .block(number), stop: .block(.max)).encoded()
        ).encoded()
        return Envelope(payload: payload, signature: try signer.sign([payload])).encoded()
    }
}

/// An orderer that gives no blocks; the peer asks again later.
package struct RemoteDeliverError: Error, Hashable, Sendable, CustomStringConvertible {
    package let channelID: ChannelID
    package let status: StatusCode

    package var description: String {
        "The orderer ended the stream of channel \"\(channelID)\" with status \(status)."
    }
}
