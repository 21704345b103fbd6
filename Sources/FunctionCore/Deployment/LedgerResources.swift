package import FunctionTypes

/// The ledger as far as a deployment needs it: contracts' definitions on channels that are there.
package protocol LedgerResources: Sendable {
    /// What the template's channels ask for and the ledger does not have yet.
    ///
    /// - Parameter organizations: in whose name it would be changed; nil for every one that the node keeps keys of.
    /// - Throws: ``InvalidTemplate`` with every part that the ledger cannot fulfil; ``FunctionError``.
    func plan(
        _ channels: [LedgerChannelTemplate], organizations: Set<OrganizationName>?
    ) async throws -> [LedgerChange]

    /// Looks for contracts that events name.
    ///
    /// - Returns: which contracts are not there yet; an event may be deployed before its contract.
    /// - Throws: ``InvalidTemplate`` for channels that are not there.
    func missing(_ references: [ContractReference]) async throws -> [TemplateNotice]

    /// Has the organisations approve what is planned, and commits what enough of them have approved.
    ///
    /// What was done before an error stays: each step is a transaction of the ledger. Doing it again goes on from there.
    ///
    /// - Returns: what still waits for other organisations' approval, a sentence each.
    func apply(_ changes: [LedgerChange], organizations: Set<OrganizationName>?) async throws -> [TemplateNotice]
}

/// A contract's definition and what happens to it.
package struct LedgerChange: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        case create
        case update(details: [String])
        case unchanged
    }

    package var channel: String
    package var contract: LedgerContractTemplate
    package var action: Action

    package init(channel: String, contract: LedgerContractTemplate, action: Action) {
        self.channel = channel
        self.contract = contract
        self.action = action
    }

    package func planned(for organization: OrganizationName) -> PlannedChange {
        let name = "\(channel)/\(contract.name)"
        return switch action {
        case .create: PlannedChange(.create, organization: organization, kind: "contract", name: name)
        case .unchanged: PlannedChange(.unchanged, organization: organization, kind: "contract", name: name)
        case .update(let details):
            PlannedChange(.update, organization: organization, kind: "contract", name: name, details: details)
        }
    }
}
