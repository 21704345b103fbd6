internal import FabricTypes
internal import LedgerCore
internal import Membership

extension LifecycleChaincode {
    /// Which organisations have approved a definition, and what the others approved differently.
    func checkReadiness(
        _ arguments: CheckCommitReadinessArgs, _ context: ContractContext
    ) throws -> CheckCommitReadinessResult {
        try readiness(of: arguments.definition, context).result
    }

    /// Makes a definition the channel's, if the peer's organisation has approved it. Whether enough others have is for the
    /// policy of `_lifecycle` to say when the transaction is judged.
    func commit(_ arguments: CommitChaincodeDefinitionArgs, _ context: ContractContext) throws {
        let fields = arguments.definition
        try LifecycleError.within("error validating chaincode definition") {
            try DefinitionCheck(fields, context).check()
        }
        guard context.simulation.configuration.application.organization(mspID) != nil else {
            throw LifecycleError(
                "impossibly, this peer's org is processing requests for a channel it is not a member of")
        }
        let (definition, result) = try readiness(of: fields, context)
        try LifecycleError.within("could not serialize chaincode definition") {
            try LifecycleState(context).store(
                LifecycleRecord.definition(definition), at: definition.name, .namespaces)
        }
        guard result.approvals.byOrganization[mspID.bytes] == true else {
            throw LifecycleError("chaincode definition not agreed to by this org (\(mspID))")
        }
    }

    private func readiness(
        of fields: ChaincodeDefinitionFields, _ context: ContractContext
    ) throws -> (definition: ChaincodeDefinition, result: CheckCommitReadinessResult) {
        let current = try LifecycleError.within("could not get current sequence") {
            try LifecycleState(context).sequence(of: fields.name)
        }
        let next = current &+ 1
        guard fields.sequence == next else {
            throw LifecycleError(
                "requested sequence is \(fields.sequence), but new definition must be sequence \(next)")
        }
        let definition = try completed(fields, context)
        return (definition, try approvals(of: definition, context))
    }

    /// Compares every organisation's approval with a definition.
    func approvals(
        of definition: ChaincodeDefinition, _ context: ContractContext
    ) throws -> CheckCommitReadinessResult {
        var result = CheckCommitReadinessResult()
        let approval = LifecycleKeys.approval(of: definition.name, sequence: definition.sequence)
        let record = LifecycleRecord.parameters(of: definition)
        for organization in context.simulation.configuration.application.organizations {
            let state = LifecycleState(context, collection: ImplicitCollection.name(of: organization.mspID))
            let mismatches = try LifecycleError.within("serialization check failed for key \(approval.lossyText)") {
                try state.mismatches(record, at: approval, .namespaces)
            }
            let name = organization.mspID.bytes
            result.approvals.byOrganization[name] = mismatches.isEmpty
            if !mismatches.isEmpty {
                result.mismatches[name] = CheckCommitReadinessResult.Mismatches(items: mismatches)
            }
        }
        return result
    }
}
