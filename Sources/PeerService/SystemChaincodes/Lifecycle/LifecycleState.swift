internal import FabricTypes
internal import LedgerCore

/// Reads and writes ``LifecycleRecord``s, in the public state of `_lifecycle` or in an organisation's implicit collection.
///
/// Reads what Fabric reads, in its order, so that read sets are equal. Source: Fabric's `lifecycle.Serializer`.
struct LifecycleState {
    let context: ContractContext
    /// Empty for the public state.
    let collection: Bytes

    init(_ context: ContractContext, collection: Bytes = Bytes()) {
        self.context = context
        self.collection = collection
    }

    // MARK: - Reading

    /// The shape of a stored structure; nil where there is none.
    func metadata(of name: Bytes, _ kind: LifecycleRecord.Kind) throws -> LifecycleStateMetadata? {
        let stored = try LifecycleError.within(
            "could not query metadata for namespace \(kind.rawValue)/\(name.lossyText)"
        ) { try context.state(of: kind.metadataKey(of: name), in: collection) }
        guard !stored.isEmpty else { return nil }
        do {
            return try LifecycleStateMetadata(decoding: stored)
        } catch {
            throw LifecycleError(
                "could not unmarshal metadata for namespace \(kind.rawValue)/\(name.lossyText): \(error.stockMessage)")
        }
    }

    /// One field; nil where it is missing.
    func field(_ field: Bytes, of name: Bytes, _ kind: LifecycleRecord.Kind) throws -> LifecycleStateData.Value? {
        let key = kind.fieldKey(field, of: name)
        let stored = try LifecycleError.within("could not get state for key \(key.lossyText)") {
            try context.state(of: key, in: collection)
        }
        do {
            return try LifecycleStateData(decoding: stored).value
        } catch {
            throw LifecycleError("could not unmarshal state for key \(key.lossyText): \(error.stockMessage)")
        }
    }

    /// The sequence of a committed definition, 0 where there is none.
    func sequence(of name: Bytes) throws -> Int64 {
        let field = LifecycleKeys.Field.sequence.name
        switch try self.field(field, of: name, .namespaces) {
        case .integer(let sequence): return sequence
        case nil: return 0
        default: throw wrongType(field, of: name, .namespaces, expected: "Int64")
        }
    }

    /// A committed definition, read behind its shape.
    func definition(_ name: Bytes, _ metadata: LifecycleStateMetadata) throws -> ChaincodeDefinition {
        try check(metadata, is: LifecycleKeys.definitionDatatype)
        let sequence = try sequence(of: name)
        return try parameters(of: name, chaincode: name, sequence: sequence)
    }

    /// What an organisation approved, read behind its shape.
    ///
    /// - Parameter name: with the sequence in it.
    func approved(
        _ name: Bytes, chaincode: Bytes, sequence: Int64, _ metadata: LifecycleStateMetadata
    ) throws -> ChaincodeDefinition {
        try check(metadata, is: LifecycleKeys.parametersDatatype)
        return try parameters(of: name, chaincode: chaincode, sequence: sequence)
    }

    /// The package that goes with an approval, read behind its shape; empty for none.
    func localPackage(_ name: Bytes, _ metadata: LifecycleStateMetadata) throws -> Bytes {
        try check(metadata, is: LifecycleKeys.localPackageDatatype)
        let field = Bytes("PackageID")
        switch try self.field(field, of: name, .sources) {
        case .text(let packageID): return packageID
        case nil: return Bytes()
        default: throw wrongType(field, of: name, .sources, expected: "String")
        }
    }

    private func parameters(of name: Bytes, chaincode: Bytes, sequence: Int64) throws -> ChaincodeDefinition {
        let endorsement: ChaincodeEndorsementInfo = try message(.endorsementInfo, of: name)
        let validation: ChaincodeValidationInfo = try message(.validationInfo, of: name)
        let collections: CollectionConfigPackage = try message(.collections, of: name)
        return ChaincodeDefinition(
            name: chaincode, sequence: sequence, version: endorsement.version,
            isInitRequired: endorsement.isInitRequired, endorsementPlugin: endorsement.endorsementPlugin,
            validationPlugin: validation.validationPlugin, validationParameter: validation.validationParameter,
            collections: collections.collections)
    }

    private func message<Message: WireMessage>(
        _ field: LifecycleKeys.Field, of name: Bytes
    ) throws -> Message {
        let bytes: Bytes
        switch try self.field(field.name, of: name, .namespaces) {
        case .bytes(let stored): bytes = stored
        case nil: bytes = Bytes()
        default: throw wrongType(field.name, of: name, .namespaces, expected: "[]byte")
        }
        do {
            return try Message(decoding: bytes)
        } catch {
            let key = LifecycleRecord.Kind.namespaces.fieldKey(field.name, of: name)
            throw LifecycleError("could not unmarshal key \(key.lossyText): \(error.stockMessage)")
        }
    }

    private func check(_ metadata: LifecycleStateMetadata, is datatype: Bytes) throws {
        guard metadata.datatype == datatype else {
            throw LifecycleError(
                "type name mismatch '\(datatype.lossyText)' != '\(metadata.datatype.lossyText)'")
        }
    }

    private func wrongType(
        _ field: Bytes, of name: Bytes, _ kind: LifecycleRecord.Kind, expected: String
    ) -> LifecycleError {
        LifecycleError(
            "expected key \(kind.fieldKey(field, of: name).lossyText) to encode a value of type \(expected)")
    }

    /// The shapes of all structures, by name and ascending.
    func allMetadata(_ kind: LifecycleRecord.Kind) throws -> [(name: Bytes, metadata: LifecycleStateMetadata)] {
        let prefix = kind.metadataKey(of: Bytes())
        let range = KeyRange(start: prefix, end: Bytes(joining: [prefix, Bytes([0x7F])]))
        var rows: [QueryResultKV] = []
        try LifecycleError.within(
            "could not get state range for namespace \(kind.rawValue): could not get state iterator"
        ) {
            let query = try context.range(range, in: collection)
            var batch = query.first
            rows += batch.rows
            while batch.hasMore {
                batch = try context.nextRows(of: query.id)
                rows += batch.rows
            }
        }
        var all: [(name: Bytes, metadata: LifecycleStateMetadata)] = []
        for row in rows {
            do throws(WireError) {
                all.append((row.key[prefix.count...], try LifecycleStateMetadata(decoding: row.value)))
            } catch {
                throw LifecycleError(
                    "error unmarshalling metadata for key \(row.key.lossyText): \(error.stockMessage)")
            }
        }
        return all
    }

    // MARK: - Writing

    /// Writes what differs from what is stored, and nothing else.
    func store(_ record: LifecycleRecord, at name: Bytes, _ kind: LifecycleRecord.Kind) throws {
        let metadata = try LifecycleError.within(
            "could not deserialize metadata for namespace \(kind.rawValue)/\(name.lossyText)"
        ) { try self.metadata(of: name, kind) }
        var existing: [Bytes: Bytes] = [:]
        for field in metadata?.fields ?? [] {
            let key = kind.fieldKey(field, of: name)
            existing[key] = try LifecycleError.within("could not get value for key \(key.lossyText)") {
                try context.state(of: key, in: collection)
            }
        }
        for field in record.fields {
            let key = kind.fieldKey(field.name, of: name)
            let value = field.encoded
            if existing.removeValue(forKey: key) != value {
                try LifecycleError.within("could not write key into state") {
                    try context.put(value, at: key, in: collection)
                }
            }
        }
        let isUnchanged =
            existing.isEmpty && metadata?.datatype == record.datatype && metadata?.fields.count == record.fields.count
        if !isUnchanged {
            try LifecycleError.within(
                "could not store metadata for namespace \(kind.rawValue)/\(name.lossyText)"
            ) { try context.put(record.metadata.encoded(), at: kind.metadataKey(of: name), in: collection) }
        }
        for key in existing.keys.sorted() {
            try LifecycleError.within("could not delete unneeded key \(key.lossyText)") {
                try context.delete(key, in: collection)
            }
        }
    }

    // MARK: - Comparing

    /// Compares a structure with the hashes of a stored one, which need not be readable here.
    ///
    /// - Returns: the names of what differs: fields, or the structure itself where it is missing.
    func mismatches(_ record: LifecycleRecord, at name: Bytes, _ kind: LifecycleRecord.Kind) throws -> [Bytes] {
        let hashes = try record.entries(at: name, kind: kind).map { entry in
            let stored = try LifecycleError.within("could not get value for key \(entry.key.lossyText)") {
                try context.privateDataHash(of: entry.key, in: collection)
            }
            return stored == Digest(of: entry.value).bytes
        }
        guard hashes.first == true else { return [record.datatype] }
        return zip(record.fields, hashes.dropFirst()).filter { !$0.1 }.map(\.0.name)
    }
}
