internal import FabricTypes
internal import LedgerCore
internal import Membership

extension LifecycleChaincode {
    /// Records what the peer's organisation wants a chaincode to be, and the package it runs for it.
    func approve(_ arguments: ApproveChaincodeDefinitionForMyOrgArgs, _ context: ContractContext) throws {
        let fields = arguments.definition
        try LifecycleError.within("error validating chaincode definition") {
            try DefinitionCheck(fields, context).check()
        }
        let chaincode = fields.name
        let packageID: Bytes = if case .localPackage(let id) = arguments.source?.kind { id } else { Bytes() }
        let publicState = LifecycleState(context)
        let current = try LifecycleError.within("could not get current sequence") {
            try publicState.sequence(of: chaincode)
        }
        try checkSequence(fields.sequence, current: current)
        let definition = try completed(fields, context)
        let approval = LifecycleKeys.approval(of: chaincode, sequence: definition.sequence)
        let name = chaincode.lossyText
        if definition.sequence == current {
            try checkEqualsCommitted(definition, publicState)
            guard try !isApproved(definition, approval, packageID, context) else {
                throw LifecycleError(
                    "attempted to redefine the current committed sequence (\(current)) for namespace \(name)")
            }
        } else {
            guard try !isApproved(definition, approval, packageID, context) else {
                throw LifecycleError(
                    "attempted to redefine uncommitted sequence (\(definition.sequence)) for namespace \(name) "
                        + "with unchanged content")
            }
        }
        try LifecycleError.within("could not serialize chaincode parameters to state") {
            try ownState(context).store(LifecycleRecord.parameters(of: definition), at: approval, .namespaces)
        }
        try LifecycleError.within("could not serialize chaincode package info to state") {
            try ownState(context).store(LifecycleRecord.localPackage(packageID), at: approval, .sources)
        }
    }

    private func checkSequence(_ requested: Int64, current: Int64) throws {
        if requested == current, requested == 0 {
            throw LifecycleError("requested sequence is 0, but first definable sequence number is 1")
        }
        if requested < current {
            throw LifecycleError(
                "currently defined sequence \(current) is larger than requested sequence \(requested)")
        }
        let next = current &+ 1
        if requested > next {
            throw LifecycleError(
                "requested sequence \(requested) is larger than the next available sequence number \(next)")
        }
    }

    private func checkEqualsCommitted(_ definition: ChaincodeDefinition, _ state: LifecycleState) throws {
        let name = definition.name.lossyText
        let metadata = try LifecycleError.within("could not fetch metadata for current definition") {
            try state.metadata(of: definition.name, .namespaces)
        }
        guard let metadata else {
            throw LifecycleError("missing metadata for currently committed sequence number (\(definition.sequence))")
        }
        let committed = try LifecycleError.within("could not deserialize namespace \(name) as chaincode") {
            try state.definition(definition.name, metadata)
        }
        if let difference = committed.difference(from: definition) {
            throw LifecycleError(
                "attempted to redefine the current committed sequence (\(definition.sequence)) for namespace \(name) "
                    + "with different parameters: \(difference)")
        }
    }

    /// Whether the organisation has approved just this already.
    private func isApproved(
        _ definition: ChaincodeDefinition, _ approval: Bytes, _ packageID: Bytes, _ context: ContractContext
    ) throws -> Bool {
        let state = ownState(context)
        let name = approval.lossyText
        let metadata = try LifecycleError.within(
            "could not fetch chaincode definition, chaincode \(name), requested at sequence \(definition.sequence)"
        ) { try state.metadata(of: approval, .namespaces) }
        guard let metadata else { return false }
        let approved = try LifecycleError.within("could not deserialize namespace \(name) as chaincode") {
            try state.approved(approval, chaincode: definition.name, sequence: definition.sequence, metadata)
        }
        guard approved.difference(from: definition) == nil else { return false }
        let source = try LifecycleError.within("could not deserialize chaincode-source metadata for \(name)") {
            try state.metadata(of: approval, .sources)
        }
        guard let source else { return false }
        return try LifecycleError.within("could not deserialize chaincode package for \(name)") {
            try state.localPackage(approval, source)
        } == packageID
    }

    /// Fills in what the peer decides where the client says nothing.
    func completed(_ fields: ChaincodeDefinitionFields, _ context: ContractContext) throws -> ChaincodeDefinition {
        let configuration = context.simulation.configuration
        let channel = configuration.channelID
        var parameter = fields.validationParameter
        if parameter.isEmpty {
            guard configuration.policies[.endorsement].exists else {
                throw LifecycleError(
                    "could not set defaults for chaincode definition in channel \(channel): policy "
                        + "'\(PolicyPath.endorsement)' must be defined for channel '\(channel)' before chaincode "
                        + "operations can be attempted")
            }
            var policy = ApplicationPolicy()
            policy.kind = .channelConfigPolicyReference(PolicyPath.endorsement.bytes)
            parameter = policy.encoded()
        }
        return ChaincodeDefinition(
            name: fields.name, sequence: fields.sequence, version: fields.version,
            isInitRequired: fields.isInitRequired,
            endorsementPlugin: fields.endorsementPlugin.isEmpty
                ? EndorsementInfo.builtinPlugin : fields.endorsementPlugin,
            validationPlugin: fields.validationPlugin.isEmpty ? Bytes("vscc") : fields.validationPlugin,
            validationParameter: parameter, collections: fields.collections?.collections ?? [])
    }
}

extension ChaincodeDefinition {
    /// What differs, in the words of Fabric's peers; nil where nothing does. The sequence is not looked at.
    ///
    /// - Parameter passed: what a client passed, where this is what is expected.
    fileprivate func difference(from passed: ChaincodeDefinition) -> String? {
        func text(_ name: String, _ expected: String, _ passed: String) -> String {
            "expected \(name) '\(expected)' does not match passed \(name) '\(passed)'"
        }
        if version != passed.version { return text("Version", version.lossyText, passed.version.lossyText) }
        if endorsementPlugin != passed.endorsementPlugin {
            return text("EndorsementPlugin", endorsementPlugin.lossyText, passed.endorsementPlugin.lossyText)
        }
        if isInitRequired != passed.isInitRequired {
            return text("InitRequired", "\(isInitRequired)", "\(passed.isInitRequired)")
        }
        if validationPlugin != passed.validationPlugin {
            return text("ValidationPlugin", validationPlugin.lossyText, passed.validationPlugin.lossyText)
        }
        if validationParameter != passed.validationParameter {
            return text("ValidationParameter", validationParameter.hex, passed.validationParameter.hex)
        }
        return collections == passed.collections ? nil : "Collections do not match"
    }
}
