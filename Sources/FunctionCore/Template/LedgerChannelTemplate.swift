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
