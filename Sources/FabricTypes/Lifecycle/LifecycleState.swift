// The values under which `_lifecycle` keeps definitions. Organisations compare hashes of these bytes, so their encoding is
// part of the protocol.

/// Says which fields a stored structure has; each field lies under a key of its own.
///
/// Source: Fabric's `lifecycle.StateMetadata`.
package struct LifecycleStateMetadata: WireMessage {
    package static let messageName = "lifecycle.StateMetadata"

    package var datatype = Bytes()
    package var fields: [Bytes] = []

    package init() {}

    package init(datatype: Bytes, fields: [Bytes]) {
        self.datatype = datatype
        self.fields = fields
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&datatype)
        case 2: try field.appendUTF8(to: &fields)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, datatype)
        writer.write(2, repeated: fields)
    }
}

/// One stored field.
///
/// A value at its default is written all the same: no collections are `12 00`. Source: Fabric's `lifecycle.StateData`.
package struct LifecycleStateData: WireMessage {
    package static let messageName = "lifecycle.StateData"

    package enum Value: Hashable, Sendable {
        case integer(Int64)
        case bytes(Bytes)
        case text(Bytes)
    }

    package var value: Value?

    package init() {}

    package init(_ value: Value) {
        self.value = value
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint(let number)): value = .integer(Int64(bitPattern: number))
        case (2, .bytes(let bytes)): value = .bytes(bytes)
        case (3, .bytes):
            var text = Bytes()
            try field.readUTF8(&text)
            value = .text(text)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        switch value {
        case .integer(let number): writer.writeAlways(1, UInt64(bitPattern: number))
        case .bytes(let bytes): writer.writeAlways(2, bytes)
        case .text(let text): writer.writeAlways(3, text)
        case nil: break
        }
    }
}

/// The part of a definition that endorsers need. Source: Fabric's `lifecycle.ChaincodeEndorsementInfo`.
package struct ChaincodeEndorsementInfo: WireMessage {
    package static let messageName = "lifecycle.ChaincodeEndorsementInfo"

    package var version = Bytes()
    package var isInitRequired = false
    package var endorsementPlugin = Bytes()

    package init() {}

    package init(version: Bytes, isInitRequired: Bool, endorsementPlugin: Bytes) {
        self.version = version
        self.isInitRequired = isInitRequired
        self.endorsementPlugin = endorsementPlugin
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&version)
        case 2: field.read(&isInitRequired)
        case 3: try field.readUTF8(&endorsementPlugin)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, version)
        writer.write(2, isInitRequired)
        writer.write(3, endorsementPlugin)
    }
}

/// The part of a definition that validating peers need. Source: Fabric's `lifecycle.ChaincodeValidationInfo`.
package struct ChaincodeValidationInfo: WireMessage {
    package static let messageName = "lifecycle.ChaincodeValidationInfo"

    package var validationPlugin = Bytes()
    /// An encoded ``ApplicationPolicy``.
    package var validationParameter = Bytes()

    package init() {}

    package init(validationPlugin: Bytes, validationParameter: Bytes) {
        self.validationPlugin = validationPlugin
        self.validationParameter = validationParameter
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&validationPlugin)
        case 2: field.read(&validationParameter)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, validationPlugin)
        writer.write(2, validationParameter)
    }
}
