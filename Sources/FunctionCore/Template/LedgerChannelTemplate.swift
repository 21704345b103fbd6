internal import FunctionTypes

/// A channel that is there already, and what a template wants on it.
package struct LedgerChannelTemplate: Sendable, Hashable {
    package var name: String
    package var line: Int
    /// Who the template says are its members; nil where it does not say.
    package var organizations: [LedgerOrganizationTemplate]?
    package var contracts: [LedgerContractTemplate] = []

    package init(name: String, line: Int) {
        self.name = name
        self.line = line
    }

    /// Keys from the top, for problems.
    package var key: String { "Resources.\(name)" }
}

/// A contract that an event of a function names.
package struct ContractReference: Sendable, Hashable {
    package var channel: String
    package var contract: String
    package var line: Int
    /// Of the event.
    package var key: String
}

extension Template {
    /// The contracts of events that the organisation's peers ask for: checks, and calls by contracts.
    package var contractReferences: [ContractReference] {
        services.flatMap { service in
            service.functions.flatMap { function in
                function.triggers.compactMap { trigger in
                    guard case .other(let type, let settings) = trigger.configuration.source,
                        ["endorsement", "contractcall"].contains(type),
                        let channel = settings["channel"]?.stringValue,
                        let contract = settings["contract"]?.stringValue
                    else { return nil }
                    return ContractReference(
                        channel: channel, contract: contract, line: trigger.line,
                        key: "Resources.\(service.name).\(function.name).Events.\(trigger.name).Properties")
                }
            }
        }
    }
}

/// An organisation of a channel, by its MSP id.
package struct LedgerOrganizationTemplate: Sendable, Hashable {
    package var name: String
    package var line: Int

    package init(name: String, line: Int) {
        self.name = name
        self.line = line
    }
}

/// A contract that is linked into the node's program, and what its definition on the channel should say.
package struct LedgerContractTemplate: Sendable, Hashable {
    package var name: String
    package var line: Int
    /// Who must endorse, such as `OR('Org1MSP.peer','Org2MSP.peer')`; nil for the channel's own policy.
    package var policy: String?
    /// Where the policy stands; that of the contract where there is none.
    package var policyLine: Int
    /// Nil keeps that of the channel.
    package var version: String?
    package var isInitRequired = false

    package init(name: String, line: Int) {
        self.name = name
        self.line = line
        policyLine = line
    }
}
