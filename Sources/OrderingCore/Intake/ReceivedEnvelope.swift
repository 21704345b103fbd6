package import FabricTypes
package import Membership

/// An envelope that a client sent, read as far as every kind of message is read.
package struct ReceivedEnvelope: Sendable {
    /// What is to be done with an envelope.
    package enum Kind: Hashable, Sendable {
        /// Anything that is ordered as it is; what is in it is for peers to judge.
        case normal
        /// A change of the channel's configuration: the orderer makes a CONFIG transaction of it.
        case configUpdate
        /// Only orderers make these.
        case config
        /// Left over from old orderers.
        case unsupported
    }

    package let envelope: Envelope
    /// The envelope in the one form that blocks may hold.
    package let canonicalBytes: Bytes
    /// The channel as the client names it, unchecked.
    package let channelName: Bytes
    package let kind: Kind
    /// An encoded `protos.Transaction`, unread; nil in envelopes of other types.
    let transaction: Bytes?
    private let signatureHeader: Bytes

    /// What limits of size count: payload and signature, without the few bytes around them.
    package var byteCount: Int { envelope.payload.count + envelope.signature.count }

    /// - Parameter bytes: the encoded `common.Envelope` in whatever form the client chose.
    /// - Throws: ``IntakeRefusal`` `badRequest`.
    package init(decoding bytes: Bytes) throws(IntakeRefusal) {
        let channelHeader: ChannelHeader
        (envelope, canonicalBytes) = try Self.refusing("error unmarshalling Envelope") { () throws(WireError) in
            (try Envelope(decoding: bytes), try Envelope.canonicalForm(of: bytes))
        }
        let payloadBytes = envelope.payload
        let payload = try Self.refusing("error unmarshalling Payload") { () throws(WireError) in
            try Payload(decoding: payloadBytes)
        }
        guard let header = payload.header else { throw Self.refusal("header not set") }
        guard !header.channelHeader.isEmpty else { throw Self.refusal("channel header not set") }
        channelHeader = try Self.refusing(
            "error unmarshalling channel header: error unmarshalling ChannelHeader"
        ) { () throws(WireError) in
            try ChannelHeader(decoding: header.channelHeader)
        }
        channelName = channelHeader.channelID
        kind = Kind(channelHeader.type)
        transaction = channelHeader.type == .endorserTransaction ? payload.data : nil
        signatureHeader = header.signatureHeader
    }

    private static func refusal(_ reason: String) -> IntakeRefusal {
        IntakeRefusal(.badRequest, "could not determine channel ID: \(reason)")
    }

    private static func refusing<Result>(
        _ stockPrefix: String, _ read: () throws(WireError) -> Result
    ) throws(IntakeRefusal) -> Result {
        do throws(WireError) {
            return try read()
        } catch {
            throw refusal("\(stockPrefix): \(IntakeRefusal.stockWords(error))")
        }
    }

    /// The claim of its creator to have signed it.
    ///
    /// - Throws: ``IntakeRefusal`` `badRequest` if its header cannot be read.
    package func signedData() throws(IntakeRefusal) -> SignedData {
        do throws(WireError) {
            return SignedData(
                identity: try SignatureHeader(decoding: signatureHeader).creator, message: [envelope.payload],
                signature: envelope.signature)
        } catch {
            throw IntakeRefusal(
                .badRequest,
                "could not convert message to signedData: GetSignatureHeaderFromBytes failed, err "
                    + IntakeRefusal.stockWords(error))
        }
    }
}

extension ReceivedEnvelope.Kind {
    init(_ type: HeaderType) {
        self =
            switch type {
            case .configUpdate: .configUpdate
            case .config: .config
            case .ordererTransaction: .unsupported
            default: .normal
            }
    }
}

extension Envelope {
    /// The same envelope encoded as Go encodes what it has decoded: payload, signature, then unknown fields as they came.
    ///
    /// Peers refuse a block in which an envelope has any other form.
    package static func canonicalForm(of bytes: Bytes) throws(WireError) -> Bytes {
        do throws(CanonicalFault) {
            try checkCanonical(bytes)
            return bytes
        } catch {
            var writer = WireWriter()
            try Envelope(decoding: bytes).encode(to: &writer)
            var unknown = UnknownFields()
            var reader = try WireReader(bytes)
            while let field = try reader.next() {
                if case .bytes = field.value, field.number == 1 || field.number == 2 { continue }
                unknown.keep(field)
            }
            writer.write(encoded: unknown.bytes)
            return writer.bytes
        }
    }
}
