/// The content of most metadata slots: a value, and signatures over it and the header.
///
/// Source: Fabric's `common.Metadata`.
package struct Metadata: WireMessage {
    package static let messageName = "common.Metadata"

    package var value = Bytes()
    package var signatures: [MetadataSignature] = []

    package init() {}

    package init(value: Bytes, signatures: [MetadataSignature] = []) {
        self.value = value
        self.signatures = signatures
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&value)
        case 2: try field.append(to: &signatures)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, value)
        writer.write(2, messages: signatures)
    }
}

/// One orderer's signature under a block. Source: Fabric's `common.MetadataSignature`.
package struct MetadataSignature: WireMessage {
    package static let messageName = "common.MetadataSignature"

    /// An encoded ``SignatureHeader``; empty where the consenter is named by number instead.
    package var signatureHeader = Bytes()
    package var signature = Bytes()
    /// An encoded ``IdentifierHeader``.
    package var identifierHeader = Bytes()

    package init() {}

    package init(signatureHeader: Bytes, signature: Bytes, identifierHeader: Bytes = Bytes()) {
        self.signatureHeader = signatureHeader
        self.signature = signature
        self.identifierHeader = identifierHeader
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&signatureHeader)
        case 2: field.read(&signature)
        case 3: field.read(&identifierHeader)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, signatureHeader)
        writer.write(2, signature)
        writer.write(3, identifierHeader)
    }
}

/// A signer named by its number among the channel's consenters. Source: Fabric's `common.IdentifierHeader`.
package struct IdentifierHeader: WireMessage {
    package static let messageName = "common.IdentifierHeader"

    package var identifier: UInt32 = 0
    package var nonce = Bytes()

    package init() {}

    package init(identifier: UInt32, nonce: Bytes) {
        self.identifier = identifier
        self.nonce = nonce
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&identifier)
        case 2: field.read(&nonce)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, identifier)
        writer.write(2, nonce)
    }
}

/// What orderers sign along with the header. Source: Fabric's `common.OrdererBlockMetadata`.
package struct OrdererBlockMetadata: WireMessage {
    package static let messageName = "common.OrdererBlockMetadata"

    package var lastConfig: LastConfig?
    /// The ordering service's own notes; opaque to everyone else.
    package var consenterMetadata = Bytes()

    package init() {}

    package init(lastConfig: LastConfig?, consenterMetadata: Bytes = Bytes()) {
        self.lastConfig = lastConfig
        self.consenterMetadata = consenterMetadata
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.merge(into: &lastConfig)
        case 2: field.read(&consenterMetadata)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: lastConfig)
        writer.write(2, consenterMetadata)
    }
}

/// Which block holds the channel configuration in force. Source: Fabric's `common.LastConfig`.
package struct LastConfig: WireMessage {
    package static let messageName = "common.LastConfig"

    /// A block number; the block's own if it is a config block.
    package var index: UInt64 = 0

    package init() {}

    package init(index: UInt64) {
        self.index = index
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&index)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, index)
    }
}
