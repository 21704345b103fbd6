// The values of the group /Channel/Orderer.

/// How blocks are agreed upon: the kind of consensus, its own settings, and whether the channel is in maintenance.
///
/// Source: Fabric's `orderer.ConsensusType`.
package struct ConsensusType: WireMessage {
    package static let messageName = "orderer.ConsensusType"

    /// `etcdraft` or `BFT`.
    package var type = ""
    /// The encoded settings of that kind: ``RaftConfigMetadata`` for `etcdraft`.
    package var metadata = Bytes()
    /// 0 is normal, 1 is maintenance.
    package var stateNumber: Int32 = 0

    package init() {}

    package init(type: String, metadata: Bytes) {
        self.type = type
        self.metadata = metadata
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.read(&type)
        case 2: field.read(&metadata)
        case 3: field.read(&stateNumber)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, type)
        writer.write(2, metadata)
        writer.write(3, stateNumber)
    }
}

/// When a block is full.
///
/// Source: Fabric's `orderer.BatchSize`.
package struct BatchSize: WireMessage {
    package static let messageName = "orderer.BatchSize"

    package var maxMessageCount: UInt32 = 0
    /// In bytes; a larger message is refused.
    package var absoluteMaxBytes: UInt32 = 0
    /// In bytes; a block may exceed it only by a single message that is larger alone.
    package var preferredMaxBytes: UInt32 = 0

    package init() {}

    package init(maxMessageCount: UInt32, absoluteMaxBytes: UInt32, preferredMaxBytes: UInt32) {
        self.maxMessageCount = maxMessageCount
        self.absoluteMaxBytes = absoluteMaxBytes
        self.preferredMaxBytes = preferredMaxBytes
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&maxMessageCount)
        case 2: field.read(&absoluteMaxBytes)
        case 3: field.read(&preferredMaxBytes)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, maxMessageCount)
        writer.write(2, absoluteMaxBytes)
        writer.write(3, preferredMaxBytes)
    }
}

/// How long the first waiting transaction waits for others, as Go writes durations: `2s`.
///
/// Source: Fabric's `orderer.BatchTimeout`.
package struct BatchTimeout: WireMessage {
    package static let messageName = "orderer.BatchTimeout"

    package var timeout = ""

    package init() {}

    package init(timeout: String) {
        self.timeout = timeout
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.read(&timeout) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, timeout)
    }
}

/// Brokers of a kind of ordering that is gone; old channels still list them.
///
/// Source: Fabric's `orderer.KafkaBrokers`.
package struct KafkaBrokers: WireMessage {
    package static let messageName = "orderer.KafkaBrokers"

    package var brokers: [String] = []

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &brokers) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, repeated: brokers)
    }
}

/// How many channels an ordering network of old would serve; 0 is no limit.
///
/// Source: Fabric's `orderer.ChannelRestrictions`.
package struct ChannelRestrictions: WireMessage {
    package static let messageName = "orderer.ChannelRestrictions"

    package var maxCount: UInt64 = 0

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { field.read(&maxCount) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, maxCount)
    }
}

/// One orderer of a BFT channel with its identity.
///
/// Source: Fabric's `common.Consenter`.
package struct Consenter: WireMessage {
    package static let messageName = "common.Consenter"

    package var id: UInt32 = 0
    package var host = ""
    package var port: UInt32 = 0
    package var mspID = Bytes()
    /// PEM text of the signing certificate.
    package var identity = Bytes()
    package var clientTLSCertificate = Bytes()
    package var serverTLSCertificate = Bytes()

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&id)
        case 2: try field.read(&host)
        case 3: field.read(&port)
        case 4: try field.readUTF8(&mspID)
        case 5: field.read(&identity)
        case 6: field.read(&clientTLSCertificate)
        case 7: field.read(&serverTLSCertificate)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, id)
        writer.write(2, host)
        writer.write(3, port)
        writer.write(4, mspID)
        writer.write(5, identity)
        writer.write(6, clientTLSCertificate)
        writer.write(7, serverTLSCertificate)
    }
}

/// The consenters of a BFT channel.
///
/// Source: Fabric's `common.Orderers`.
package struct Orderers: WireMessage {
    package static let messageName = "common.Orderers"

    package var consenterMapping: [Consenter] = []

    package init() {}

    package init(consenterMapping: [Consenter]) {
        self.consenterMapping = consenterMapping
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &consenterMapping) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: consenterMapping)
    }
}
