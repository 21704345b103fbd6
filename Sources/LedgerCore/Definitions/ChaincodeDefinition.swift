package import FabricTypes

/// What a channel's organisations agreed a chaincode to be.
///
/// Source: Fabric's `lifecycle.ChaincodeDefinition`.
package struct ChaincodeDefinition: Hashable, Sendable {
    package var name: Bytes
    /// Counts the agreed definitions of this name, from 1.
    package var sequence: Int64
    package var version: Bytes
    package var isInitRequired: Bool
    package var endorsementPlugin: Bytes
    package var validationPlugin: Bytes
    /// An encoded ``FabricTypes/ApplicationPolicy``: who must endorse.
    package var validationParameter: Bytes
    package var collections: [StaticCollectionConfig]

    package init(
        name: Bytes, sequence: Int64, version: Bytes, isInitRequired: Bool = false, endorsementPlugin: Bytes,
        validationPlugin: Bytes, validationParameter: Bytes, collections: [StaticCollectionConfig] = []
    ) {
        self.name = name
        self.sequence = sequence
        self.version = version
        self.isInitRequired = isInitRequired
        self.endorsementPlugin = endorsementPlugin
        self.validationPlugin = validationPlugin
        self.validationParameter = validationParameter
        self.collections = collections
    }

    /// The explicit collection of this name. Implicit ones are ``ImplicitCollection``.
    package func collection(named name: Bytes) -> StaticCollectionConfig? {
        collections.first { $0.name == name }
    }
}

extension ChaincodeDefinition {
    /// Reads a definition field by field, as `_lifecycle` stores it.
    ///
    /// A field that is missing reads as its default; that is how Fabric reads it too.
    ///
    /// - Parameters:
    ///   - name: the chaincode. `_lifecycle` itself is always defined, without version, policy and collections.
    ///   - read: the value under a key of the namespace `_lifecycle`. Called for the metadata and, if there is any, for all
    ///     four fields, so that a recording reader records what Fabric's records.
    /// - Returns: nil where the channel knows no such name.
    /// - Throws: ``DefinitionError`` where something else or nothing readable stands under the name; whatever `read` throws.
    package static func load(
        _ name: Bytes, read: (_ key: Bytes) throws -> Bytes?
    ) throws -> ChaincodeDefinition? {
        if name == LifecycleKeys.namespace {
            return ChaincodeDefinition(
                name: name, sequence: 0, version: Bytes(), endorsementPlugin: Bytes(), validationPlugin: Bytes(),
                validationParameter: Bytes())
        }
        guard let stored = try read(LifecycleKeys.metadata(of: name)) else { return nil }
        do {
            let metadata = try LifecycleStateMetadata(decoding: stored)
            guard metadata.datatype == LifecycleKeys.definitionDatatype else {
                throw DefinitionError(
                    .notAChaincode, name: name, reason: "its type is \"\(metadata.datatype.lossyText)\".")
            }
            func field(_ field: LifecycleKeys.Field) throws -> LifecycleStateData.Value? {
                try LifecycleStateData(decoding: read(LifecycleKeys.field(field, of: name)) ?? Bytes()).value
            }
            func bytes(_ name: LifecycleKeys.Field) throws -> Bytes {
                switch try field(name) {
                case .bytes(let bytes): return bytes
                case nil: return Bytes()
                default: throw WireError(.invalidValue, path: ["\(name)"], offset: 0)
                }
            }
            let sequence: Int64
            switch try field(.sequence) {
            case .integer(let number): sequence = number
            case nil: sequence = 0
            default: throw WireError(.invalidValue, path: ["Sequence"], offset: 0)
            }
            let endorsement = try ChaincodeEndorsementInfo(decoding: bytes(.endorsementInfo))
            let validation = try ChaincodeValidationInfo(decoding: bytes(.validationInfo))
            let collections = try CollectionConfigPackage(decoding: bytes(.collections))
            return ChaincodeDefinition(
                name: name, sequence: sequence, version: endorsement.version,
                isInitRequired: endorsement.isInitRequired, endorsementPlugin: endorsement.endorsementPlugin,
                validationPlugin: validation.validationPlugin, validationParameter: validation.validationParameter,
                collections: collections.collections)
        } catch let error as WireError {
            throw DefinitionError(.undecodable, name: name, reason: error.description)
        }
    }
}

/// Why what stands under a chaincode's name in the state is no definition. Never worth a retry at the same height.
package struct DefinitionError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The name is taken by something that is no chaincode.
        case notAChaincode
        /// A stored field does not decode.
        case undecodable
    }

    package let code: Code
    package let message: String

    init(_ code: Code, name: Bytes, reason: String) {
        self.code = code
        self.message =
            "The definition of chaincode \"\(name.lossyText)\" in the ledger is not readable: \(reason) "
            + "Its organisations have to commit a new one."
    }

    package var description: String { message }
}
