internal import FabricTypes
internal import LedgerCore

extension LifecycleChaincode {
    /// The committed definition of a chaincode and who approved it.
    func definition(
        _ arguments: QueryChaincodeDefinitionArgs, _ context: ContractContext
    ) throws -> QueryChaincodeDefinitionResult {
        let definition = try committed(arguments.name, context)
        let approvals = try approvals(of: definition, context).approvals
        var fields = definition.fields
        fields.name = Bytes()
        return QueryChaincodeDefinitionResult(definition: fields, approvals: approvals)
    }

    /// All committed definitions, by name. Fabric's peers answer them in no particular order.
    func definitions(_ context: ContractContext) throws -> QueryChaincodeDefinitionsResult {
        let all = try LifecycleError.within("could not query namespace metadata") {
            try LifecycleState(context).allMetadata(.namespaces)
        }
        var result = QueryChaincodeDefinitionsResult()
        for (name, metadata) in all where metadata.datatype == LifecycleKeys.definitionDatatype {
            result.definitions.append(
                QueryChaincodeDefinitionsResult.Committed(try committed(name, context).fields))
        }
        return result
    }

    private func committed(_ name: Bytes, _ context: ContractContext) throws -> ChaincodeDefinition {
        let state = LifecycleState(context)
        let metadata = try LifecycleError.within("could not fetch metadata for namespace \(name.lossyText)") {
            try state.metadata(of: name, .namespaces)
        }
        guard let metadata else { throw LifecycleError(.notFound, "namespace \(name.lossyText) is not defined") }
        return try LifecycleError.within("could not deserialize namespace \(name.lossyText) as chaincode") {
            try state.definition(name, metadata)
        }
    }

    /// What the peer's organisation approved of a chaincode.
    func approved(
        _ arguments: QueryApprovedChaincodeDefinitionArgs, _ context: ContractContext
    ) throws -> QueryApprovedChaincodeDefinitionResult {
        let state = ownState(context)
        let sequence = try arguments.sequence == 0 ? latestSequence(of: arguments.name, context) : arguments.sequence
        let approval = LifecycleKeys.approval(of: arguments.name, sequence: sequence)
        let metadata = try LifecycleError.within(
            "could not deserialize namespace metadata for \(approval.lossyText)"
        ) { try state.metadata(of: approval, .namespaces) }
        guard let metadata else { throw notApproved(arguments.name, sequence, context) }
        let (definition, source) = try approved(arguments.name, sequence, metadata, context)
        var fields = definition.fields
        fields.name = Bytes()
        return QueryApprovedChaincodeDefinitionResult(definition: fields, source: source)
    }

    /// Everything that the peer's organisation approved, by name and sequence. Fabric's peers answer it in no particular
    /// order.
    func allApproved(_ context: ContractContext) throws -> QueryApprovedChaincodeDefinitionsResult {
        let all = try LifecycleError.within("could not fetch metadatas") {
            try ownState(context).allMetadata(.namespaces)
        }
        var result = QueryApprovedChaincodeDefinitionsResult()
        for (name, metadata) in all {
            let parts = name.split(separator: UInt8(ascii: "#"), omittingEmptySubsequences: false)
            guard parts.count == 2, let sequence = Int64(parts[1].lossyText) else {
                throw LifecycleError(
                    "could not extract chaincode name and sequence number from metadata: \(name.lossyText): "
                        + "invalid private name format: \(name.lossyText)")
            }
            let chaincode = Bytes(parts[0])
            let (definition, source) = try LifecycleError.within(
                notApproved(chaincode, sequence, context).description
            ) { try approved(chaincode, sequence, metadata, context) }
            result.definitions.append(
                QueryApprovedChaincodeDefinitionsResult.Approved(definition: definition.fields, source: source))
        }
        return result
    }

    /// The next sequence if it is approved already, else the committed one.
    private func latestSequence(of chaincode: Bytes, _ context: ContractContext) throws -> Int64 {
        let current = try LifecycleError.within("could not get current sequence") {
            try LifecycleState(context).sequence(of: chaincode)
        }
        let next = current &+ 1
        let metadata = try LifecycleError.within(
            "could not deserialize namespace metadata for next sequence \(next)"
        ) { try ownState(context).metadata(of: LifecycleKeys.approval(of: chaincode, sequence: next), .namespaces) }
        return metadata == nil ? current : next
    }

    private func approved(
        _ chaincode: Bytes, _ sequence: Int64, _ metadata: LifecycleStateMetadata, _ context: ContractContext
    ) throws -> (ChaincodeDefinition, ChaincodeSource) {
        let state = ownState(context)
        let approval = LifecycleKeys.approval(of: chaincode, sequence: sequence)
        let name = approval.lossyText
        guard metadata.datatype == LifecycleKeys.parametersDatatype else {
            throw LifecycleError("not a chaincode parameters type: \(metadata.datatype.lossyText)")
        }
        let definition = try LifecycleError.within("could not deserialize chaincode parameters for \(name)") {
            try state.approved(approval, chaincode: chaincode, sequence: sequence, metadata)
        }
        let source = try LifecycleError.within("could not deserialize chaincode-source metadata for \(name)") {
            try state.metadata(of: approval, .sources)
        }
        guard let source else { throw LifecycleError("could not fetch chaincode-source metadata for \(name)") }
        guard source.datatype == LifecycleKeys.localPackageDatatype else {
            throw LifecycleError("not a chaincode local package type: \(source.datatype.lossyText)")
        }
        let packageID = try LifecycleError.within("could not deserialize chaincode package for \(name)") {
            try state.localPackage(approval, source)
        }
        return (definition, ChaincodeSource(packageID.isEmpty ? .unavailable : .localPackage(id: packageID)))
    }

    private func notApproved(_ chaincode: Bytes, _ sequence: Int64, _ context: ContractContext) -> LifecycleError {
        LifecycleError(
            "could not fetch approved chaincode definition (name: '\(chaincode.lossyText)', sequence: '\(sequence)') "
                + "on channel '\(context.channelID.lossyText)'")
    }
}

extension ChaincodeDefinition {
    /// As results of queries bear it: the collections are there also where there are none.
    fileprivate var fields: ChaincodeDefinitionFields {
        ChaincodeDefinitionFields(
            name: name, sequence: sequence, version: version, endorsementPlugin: endorsementPlugin,
            validationPlugin: validationPlugin, validationParameter: validationParameter,
            collections: CollectionConfigPackage(collections), isInitRequired: isInitRequired)
    }
}
