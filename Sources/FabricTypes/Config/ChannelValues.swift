// The values of the group /Channel. Unknown fields of values are dropped here: the bytes stay in their `ConfigValue`.

/// The hash of block data: `SHA256`.
///
/// Source: Fabric's `common.HashingAlgorithm`.
package struct HashingAlgorithm: WireMessage {
    package static let messageName = "common.HashingAlgorithm"

    package var name = ""

    package init() {}

    package init(name: String) {
        self.name = name
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.read(&name) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, name)
    }
}

/// The width of the tree of hashes over a block's data; only the widest, one run of all data, was ever in use.
///
/// Source: Fabric's `common.BlockDataHashingStructure`.
package struct BlockDataHashingStructure: WireMessage {
    package static let messageName = "common.BlockDataHashingStructure"

    package var width: UInt32 = 0

    package init() {}

    package init(width: UInt32) {
        self.width = width
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { field.read(&width) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, width)
    }
}

/// What every node of the channel must be able to do, by name: `V2_0`.
///
/// Source: Fabric's `common.Capabilities`.
package struct Capabilities: WireMessage {
    package static let messageName = "common.Capabilities"

    /// The message of a single capability, which has no fields.
    package struct Capability: WireMessage {
        package static let messageName = "common.Capability"

        package init() {}
        package mutating func merge(_ field: WireField) throws(WireError) {}
        package func encode(to writer: inout WireWriter) {}
    }

    package var capabilities: [Bytes: Capability] = [:]

    package init() {}

    package init(names: [Bytes]) {
        for name in names { capabilities[name] = Capability() }
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.merge(into: &capabilities) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, map: capabilities)
    }
}

/// Addresses of orderers, `host:port`: of the whole channel (legacy), or of one organisation as its `Endpoints`.
///
/// Source: Fabric's `common.OrdererAddresses`.
package struct OrdererAddresses: WireMessage {
    package static let messageName = "common.OrdererAddresses"

    package var addresses: [String] = []

    package init() {}

    package init(addresses: [String]) {
        self.addresses = addresses
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &addresses) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, repeated: addresses)
    }
}

/// The consortium under which an older network created the channel.
///
/// Source: Fabric's `common.Consortium`.
package struct Consortium: WireMessage {
    package static let messageName = "common.Consortium"

    package var name = ""

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.read(&name) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, name)
    }
}
