package import FabricTypes
package import LedgerCore
package import Membership

/// `_lifecycle`: how a channel's organisations agree on what a chaincode is.
///
/// Every organisation approves a definition in its own implicit collection; a commit makes it the channel's. Source: Fabric's
/// `lifecycle.SCC`.
package struct LifecycleChaincode: SystemChaincode {
    /// The peer's organisation.
    let mspID: MSPID
    let access: AccessControl
    let channels: any EndorserChannels
    let packages: any ChaincodePackages

    package init(
        mspID: MSPID, access: AccessControl, channels: any EndorserChannels, packages: any ChaincodePackages
    ) {
        self.mspID = mspID
        self.access = access
        self.channels = channels
        self.packages = packages
    }

    package var name: Bytes { LifecycleKeys.namespace }

    package func invoke(_ invocation: SystemInvocation) async -> Response {
        let arguments = invocation.arguments
        guard !arguments.isEmpty else { return .failure("lifecycle scc must be invoked with arguments") }
        guard arguments.count == 2 else {
            return .failure(
                "lifecycle scc operations require exactly two arguments but received \(arguments.count)")
        }
        let channelID = invocation.context?.channelID ?? invocation.transaction.channelID
        if let configuration = invocation.context?.simulation.configuration,
            configuration.capabilities.application < .v20
        {
            return .failure(
                "cannot use new lifecycle for channel '\(channelID.lossyText)' as it does not have the required "
                    + "capabilities enabled")
        }
        do throws(AccessRefusal) {
            let resource = AccessResource(Bytes(joining: [LifecycleKeys.namespace, Bytes("/"), arguments[0]]))
            try access.check(resource, channelID: channelID, invocation.transaction)
        } catch {
            return .failure("Failed to authorize invocation due to failed ACL check: \(error)")
        }
        return answer(to: arguments[0].lossyText, arguments[1], invocation.context)
    }

    private func answer(to function: String, _ argument: Bytes, _ context: ContractContext?) -> Response {
        do {
            return .success(try dispatch(function, argument, context))
        } catch let error as LifecycleError where error.code == .notFound {
            return Response(status: 404, message: Bytes(error.description))
        } catch {
            return .failure("failed to invoke backing implementation of '\(function)': \(error)")
        }
    }

    private func dispatch(_ function: String, _ argument: Bytes, _ context: ContractContext?) throws -> Bytes {
        func read<Message: WireMessage>(_ type: Message.Type) throws -> Message {
            do {
                return try Message(decoding: argument)
            } catch {
                throw LifecycleError(
                    "could not decode input arg for *lifecycle.Invocation.\(function): \(error.stockMessage)")
            }
        }
        switch function {
        case "InstallChaincode": return try install(read(InstallChaincodeArgs.self)).encoded()
        case "QueryInstalledChaincode": return try installed(read(QueryInstalledChaincodeArgs.self)).encoded()
        case "QueryInstalledChaincodes": return try allInstalled().encoded()
        case "GetInstalledChaincodePackage": return try package(read(QueryInstalledChaincodeArgs.self)).encoded()
        default: break
        }
        guard let context else { throw LifecycleError("no application config for channel ''") }
        switch function {
        case "ApproveChaincodeDefinitionForMyOrg":
            try approve(read(ApproveChaincodeDefinitionForMyOrgArgs.self), context)
            return Bytes()
        case "CheckCommitReadiness":
            return try checkReadiness(read(CheckCommitReadinessArgs.self), context).encoded()
        case "CommitChaincodeDefinition":
            try commit(read(CommitChaincodeDefinitionArgs.self), context)
            return Bytes()
        case "QueryChaincodeDefinition":
            return try definition(read(QueryChaincodeDefinitionArgs.self), context).encoded()
        case "QueryChaincodeDefinitions":
            return try definitions(context).encoded()
        case "QueryApprovedChaincodeDefinition":
            return try approved(read(QueryApprovedChaincodeDefinitionArgs.self), context).encoded()
        case "QueryApprovedChaincodeDefinitions":
            return try allApproved(context).encoded()
        default:
            throw LifecycleError("receiver *lifecycle.Invocation.\(function) does not exist")
        }
    }

    /// Where the peer's organisation keeps what it approved.
    func ownState(_ context: ContractContext) -> LifecycleState {
        LifecycleState(context, collection: ImplicitCollection.name(of: mspID))
    }
}
