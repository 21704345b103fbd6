package import FabricTypes

/// A structure as `_lifecycle` stores it: one key for its shape and one for each field.
///
/// Organisations compare hashes of these values, so names, order and encoding are part of the protocol. Source: Fabric's
/// `lifecycle.Serializer`.
package struct LifecycleRecord: Hashable, Sendable {
    /// The two places where structures are kept.
    package enum Kind: String, Sendable {
        case namespaces
        case sources = "chaincode-sources"

        package func metadataKey(of name: Bytes) -> Bytes {
            Bytes(joining: [Bytes("\(rawValue)/metadata/"), name])
        }

        package func fieldKey(_ field: Bytes, of name: Bytes) -> Bytes {
            Bytes(joining: [Bytes("\(rawValue)/fields/"), name, Bytes("/"), field])
        }
    }

    package struct Field: Hashable, Sendable {
        package let name: Bytes
        package let data: LifecycleStateData.Value

        package var encoded: Bytes { LifecycleStateData(data).encoded() }
    }

    package let datatype: Bytes
    /// In the order of the structure.
    package let fields: [Field]

    package var metadata: LifecycleStateMetadata {
        LifecycleStateMetadata(datatype: datatype, fields: fields.map(\.name))
    }

    /// All keys and values, the shape first.
    package func entries(at name: Bytes, kind: Kind) -> [(key: Bytes, value: Bytes)] {
        [(kind.metadataKey(of: name), metadata.encoded())]
            + fields.map { (kind.fieldKey($0.name, of: name), $0.encoded) }
    }

    // MARK: - The structures there are

    /// A committed definition.
    package static func definition(_ definition: ChaincodeDefinition) -> LifecycleRecord {
        LifecycleRecord(
            datatype: LifecycleKeys.definitionDatatype,
            fields: [Field(name: LifecycleKeys.Field.sequence.name, data: .integer(definition.sequence))]
                + parameters(of: definition).fields)
    }

    /// What an organisation approves: a definition without its sequence, which stands in the key.
    package static func parameters(of definition: ChaincodeDefinition) -> LifecycleRecord {
        let endorsement = ChaincodeEndorsementInfo(
            version: definition.version, isInitRequired: definition.isInitRequired,
            endorsementPlugin: definition.endorsementPlugin)
        let validation = ChaincodeValidationInfo(
            validationPlugin: definition.validationPlugin, validationParameter: definition.validationParameter)
        let collections = CollectionConfigPackage(definition.collections)
        return LifecycleRecord(
            datatype: LifecycleKeys.parametersDatatype,
            fields: [
                Field(name: LifecycleKeys.Field.endorsementInfo.name, data: .bytes(endorsement.encoded())),
                Field(name: LifecycleKeys.Field.validationInfo.name, data: .bytes(validation.encoded())),
                Field(name: LifecycleKeys.Field.collections.name, data: .bytes(collections.encoded())),
            ])
    }

    /// The package that an organisation runs for an approved definition; empty for none.
    package static func localPackage(_ packageID: Bytes) -> LifecycleRecord {
        LifecycleRecord(
            datatype: LifecycleKeys.localPackageDatatype,
            fields: [Field(name: Bytes("PackageID"), data: .text(packageID))])
    }
}
