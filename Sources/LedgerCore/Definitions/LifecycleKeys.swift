package import FabricTypes

/// Where `_lifecycle` keeps what it knows, in its own namespace and in the organisations' implicit collections.
///
/// Source: Fabric's `lifecycle.Serializer`.
package enum LifecycleKeys {
    package static let namespace = Bytes("_lifecycle")
    package static let definitionDatatype = Bytes("ChaincodeDefinition")
    package static let parametersDatatype = Bytes("ChaincodeParameters")
    package static let localPackageDatatype = Bytes("ChaincodeLocalPackage")

    /// The fields of a definition, in the order in which they are stored. An organisation's approval has all but the
    /// sequence, which is part of its name.
    package enum Field: String, Sendable, CaseIterable {
        case sequence = "Sequence"
        case endorsementInfo = "EndorsementInfo"
        case validationInfo = "ValidationInfo"
        case collections = "Collections"

        package var name: Bytes { Bytes(rawValue) }
    }

    package static func metadata(of name: Bytes) -> Bytes {
        Bytes(Array("namespaces/metadata/".utf8) + name.array)
    }

    package static func field(_ field: Field, of name: Bytes) -> Bytes {
        Bytes(Array("namespaces/fields/".utf8) + name.array + Array("/\(field.rawValue)".utf8))
    }

    /// The name under which an organisation stores its approval of a sequence.
    package static func approval(of name: Bytes, sequence: Int64) -> Bytes {
        Bytes(name.array + Array("#\(sequence)".utf8))
    }

    /// Keys of the package that an organisation approved, under ``approval(of:sequence:)``.
    package static func sourceMetadata(of approval: Bytes) -> Bytes {
        Bytes(Array("chaincode-sources/metadata/".utf8) + approval.array)
    }

    package static func sourcePackageID(of approval: Bytes) -> Bytes {
        Bytes(Array("chaincode-sources/fields/".utf8) + approval.array + Array("/PackageID".utf8))
    }

    /// Metadata keys of all names, for listing definitions.
    package static let metadataRange = KeyRange(
        start: Bytes("namespaces/metadata/"), end: Bytes("namespaces/metadata0"))

    /// The chaincode that a key of the namespace is about; nil for keys of other kinds. Names hold no slash.
    package static func name(in key: Bytes) -> Bytes? {
        for prefix in [Bytes("namespaces/metadata/"), Bytes("namespaces/fields/")] where key.starts(with: prefix) {
            return Bytes(key[prefix.count..<key.count].prefix { $0 != UInt8(ascii: "/") })
        }
        return nil
    }
}
