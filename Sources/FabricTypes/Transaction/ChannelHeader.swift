/// Where a message belongs and when it was made.
///
/// Names are the sender's claim, unchecked: read them with ``ChannelID`` and ``TransactionID`` where it matters. Source:
/// Fabric's `common.ChannelHeader`.
package struct ChannelHeader: WireMessage {
    package static let messageName = "common.ChannelHeader"

    package var type = HeaderType.message
    package var version: Int32 = 0
    package var timestamp: Timestamp?
    /// UTF-8 text; empty for calls that concern no channel.
    package var channelID = Bytes()
    /// UTF-8 text; empty in config transactions.
    package var transactionID = Bytes()
    package var epoch: UInt64 = 0
    /// An encoded ``ChaincodeHeaderExtension`` where the type is `endorserTransaction`.
    package var `extension` = Bytes()
    /// SHA-256 of the sender's TLS certificate, where mutual TLS binds the two.
    package var tlsCertificateHash = Bytes()

    package init() {}

    package init(
        type: HeaderType,
        version: Int32 = 0,
        timestamp: Timestamp?,
        channelID: Bytes,
        transactionID: Bytes = Bytes(),
        epoch: UInt64 = 0,
        `extension`: Bytes = Bytes(),
        tlsCertificateHash: Bytes = Bytes()
    ) {
        self.type = type
        self.version = version
        self.timestamp = timestamp
        self.channelID = channelID
        self.transactionID = transactionID
        self.epoch = epoch
        self.extension = `extension`
        self.tlsCertificateHash = tlsCertificateHash
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&type.rawValue)
        case 2: field.read(&version)
        case 3: try field.merge(into: &timestamp)
        case 4: try field.readUTF8(&channelID)
        case 5: try field.readUTF8(&transactionID)
        case 6: field.read(&epoch)
        case 7: field.read(&`extension`)
        case 8: field.read(&tlsCertificateHash)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, type.rawValue)
        writer.write(2, version)
        writer.write(3, message: timestamp)
        writer.write(4, channelID)
        writer.write(5, transactionID)
        writer.write(6, epoch)
        writer.write(7, `extension`)
        writer.write(8, tlsCertificateHash)
    }
}

extension ChannelHeader {
    /// The transaction id that an envelope uses up, whatever becomes of it: as it stands here, else computed; empty where the
    /// signature header cannot be read. Source: Fabric's `protoutil.GetOrComputeTxIDFromEnvelope`.
    package func usedTransactionID(signatureHeader: Bytes) -> Bytes {
        if !transactionID.isEmpty { return transactionID }
        return (try? SignatureHeader(decoding: signatureHeader)).map { Bytes($0.transactionID.rawValue) } ?? Bytes()
    }
}
