internal import ContractService
internal import FabricTypes
internal import FunctionCore
internal import FunctionTypes
internal import LedgerCore
internal import Membership
internal import PeerService

/// The network of this process as deployments of templates need it.
struct NetworkLedger: LedgerResources {
    let channelID: ChannelID
    let peers: [Peer]
    /// The admin of each organisation, at the gateway of its first peer.
    let clients: [LifecycleClient]
    /// Names of the contracts that are linked into this program.
    let contracts: [String]

    // MARK: - Planning

    func plan(
        _ channels: [LedgerChannelTemplate], organizations: Set<OrganizationName>?
    ) async throws -> [LedgerChange] {
        let problems = channels.flatMap { self.problems($0) }
        guard problems.isEmpty else { throw InvalidTemplate(problems: problems) }
        guard let asked = approvers(organizations).first else {
            throw FunctionError(
                .accessDenied,
                "This node keeps no keys of \(organizations?.map(\.rawValue).sorted().joined(separator: ", ") ?? "any organisation"), so "
                    + "nobody here can approve the template's contracts.")
        }
        var changes: [LedgerChange] = []
        for channel in channels {
            for contract in channel.contracts {
                let committed = try await self.committed(contract.name, asked)
                let action: LedgerChange.Action
                if let committed {
                    let details = committed.differences(to: try definition(contract, over: committed))
                    action = details.isEmpty ? .unchanged : .update(details: details)
                } else {
                    action = .create
                }
                changes.append(LedgerChange(channel: channel.name, contract: contract, action: action))
            }
        }
        return changes
    }

    func missing(_ references: [ContractReference]) async throws -> [TemplateNotice] {
        let problems = references.filter { $0.channel != channelID.rawValue }.map {
            TemplateProblem(
                line: $0.line, key: "\($0.key).Channel", value: $0.channel,
                reason: "the peers of this node have joined no such channel",
                remedy: "Name one that is there: \(channelID).")
        }
        guard problems.isEmpty else { throw InvalidTemplate(problems: problems) }
        guard let client = clients.first else { return [] }
        var notices: [TemplateNotice] = []
        for reference in references where !contracts.contains(reference.contract) {
            guard try await committed(reference.contract, client) == nil else { continue }
            notices.append(
                TemplateNotice(
                    line: reference.line, key: "\(reference.key).Contract",
                    text:
                        "There is no contract \"\(reference.contract)\" on \(channelID) yet; nothing comes of this before."
                ))
        }
        return notices
    }

    private func committed(_ name: String, _ client: LifecycleClient) async throws -> ChaincodeDefinitionFields? {
        do {
            let answer = try await client.evaluate(
                "QueryChaincodeDefinition", QueryChaincodeDefinitionArgs(name: Bytes(name)))
            return try answer.map { try QueryChaincodeDefinitionResult(decoding: $0).definition }
        } catch {
            throw Self.failure(error, contract: name)
        }
    }

    /// What the template asks for, on top of what is there.
    private func definition(
        _ contract: LedgerContractTemplate, over committed: ChaincodeDefinitionFields?
    ) throws -> ChaincodeDefinitionFields {
        var definition =
            committed
            ?? ChaincodeDefinitionFields(name: Bytes(), sequence: 0, version: Bytes(ContractDeployment.version))
        definition.name = Bytes(contract.name)
        definition.sequence = (committed?.sequence ?? 0) + 1
        definition.isInitRequired = contract.isInitRequired
        if let version = contract.version { definition.version = Bytes(version) }
        definition.validationParameter =
            try contract.policy.map { text in
                ApplicationPolicy(.signaturePolicy(try SignaturePolicyText.policy(text))).encoded()
            } ?? Bytes()
        return definition
    }

    // MARK: - Applying

    func apply(
        _ changes: [LedgerChange], organizations: Set<OrganizationName>?
    ) async throws -> [TemplateNotice] {
        let approvers = approvers(organizations)
        var notices: [TemplateNotice] = []
        for change in changes where change.action != .unchanged {
            let contract = change.contract
            guard let first = approvers.first else { break }
            do {
                let rollout = DefinitionRollout(
                    definition: try definition(contract, over: try await committed(contract.name, first)),
                    packageID: LinkedContracts.packageID(of: contract.name), clients: clients)
                let missing = try await rollout.run(approvers: approvers)
                guard !missing.isEmpty else { continue }
                notices.append(
                    TemplateNotice(
                        line: contract.line, key: "Resources.\(change.channel).\(contract.name)",
                        text:
                            "Approved, but not committed before \(missing.map(\.rawValue).joined(separator: ", ")) approve it "
                            + "as well: have them deploy the same template."))
            } catch {
                throw Self.failure(error, contract: contract.name)
            }
        }
        return notices
    }

    private func approvers(_ organizations: Set<OrganizationName>?) -> [LifecycleClient] {
        guard let organizations else { return clients }
        return clients.filter { client in organizations.contains { $0.rawValue == client.identity.mspID.rawValue } }
    }

    private static func failure(_ error: any Error, contract: String) -> any Error {
        if error is FunctionError || error is CancellationError { return error }
        return FunctionError(
            .internalServerError,
            "The definition of the contract \"\(contract)\" could not be changed: \(error) What was approved before stays; deploy "
                + "again to go on.", cause: error)
    }

    // MARK: - Checks

    private var members: [MSPID] {
        peers.lazy.compactMap { $0.channel(channelID) }.first?.configuration.application.organizations.map(\.mspID)
            ?? []
    }

    private func problems(_ channel: LedgerChannelTemplate) -> [TemplateProblem] {
        guard channel.name == channelID.rawValue else {
            return [
                TemplateProblem(
                    line: channel.line, key: channel.key, value: channel.name,
                    reason: "the peers of this node have joined no such channel",
                    remedy: "Name one that is there (\(channelID)); templates cannot create channels.")
            ]
        }
        return organizationProblems(channel) + channel.contracts.flatMap { problems($0, channel) }
    }

    private func organizationProblems(_ channel: LedgerChannelTemplate) -> [TemplateProblem] {
        guard let organizations = channel.organizations else { return [] }
        let known = members.map(\.rawValue)
        let key = "\(channel.key).Properties.Organizations"
        var problems = organizations.filter { !known.contains($0.name) }.map { organization in
            TemplateProblem(
                line: organization.line, key: key, value: organization.name,
                reason: "this organisation is no member of the channel",
                remedy: "Its members are \(known.joined(separator: ", ")); take the line out, or name them all.")
        }
        let missing = known.filter { name in !organizations.contains { $0.name == name } }
        if !missing.isEmpty {
            problems.append(
                TemplateProblem(
                    line: organizations.first?.line ?? channel.line, key: key, value: nil,
                    reason: "\(missing.joined(separator: ", ")) is a member of the channel and missing here",
                    remedy: "Name every member, or leave Organizations out."))
        }
        return problems
    }

    private func problems(
        _ contract: LedgerContractTemplate, _ channel: LedgerChannelTemplate
    ) -> [TemplateProblem] {
        let key = "\(channel.key).\(contract.name)"
        var problems: [TemplateProblem] = []
        if !contracts.contains(contract.name) {
            let known = contracts.isEmpty ? "none" : contracts.joined(separator: ", ")
            problems.append(
                TemplateProblem(
                    line: contract.line, key: key, value: contract.name,
                    reason: "no contract of this name is linked into this node",
                    remedy: "It has \(known); run the program that the contract is linked into."))
        }
        guard let policy = contract.policy else { return problems }
        let policyKey = "\(key).Properties.EndorsementPolicy"
        do throws(InvalidPolicyText) {
            let strangers = try SignaturePolicyText.policy(policy).identities.compactMap(\.role?.mspID)
                .filter { !members.contains($0) }
            if !strangers.isEmpty {
                let names = Set(strangers.map(\.rawValue)).sorted().joined(separator: ", ")
                problems.append(
                    TemplateProblem(
                        line: contract.policyLine, key: policyKey, value: policy,
                        reason: "\(names) is no member of the channel, so nobody could endorse for it",
                        remedy: "Its members are \(members.map(\.rawValue).joined(separator: ", "))."))
            }
        } catch {
            problems.append(
                TemplateProblem(
                    line: contract.policyLine, key: policyKey, value: policy,
                    reason: "it is no endorsement policy: \(error.reason)",
                    remedy: "Write one such as \"AND('Org1MSP.peer','Org2MSP.peer')\"."))
        }
        return problems
    }
}
