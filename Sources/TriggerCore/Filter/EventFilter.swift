internal import FabricTypes

/// Which transactions a trigger is about. Everything that is set must hold; of a list one entry.
package struct EventFilter: Hashable, Sendable {
    package var contracts: [NamePattern] = []
    package var events: [NamePattern] = []
    package var functions: [NamePattern] = []
    /// By position behind the function's name; nil takes any argument.
    package var arguments: [[ValuePattern]?] = []
    /// One written key must match one of them.
    package var keys: [NamePattern] = []
    /// MSP IDs of creators.
    package var organizations: Set<String> = []
    /// Names of validation codes; empty for all.
    package var validationCodes: Set<String> = ["VALID"]
    /// On the JSON of the contract event's payload.
    package var payload: DocumentPattern?

    package init() {}

    /// Asks what can be read without decoding the transaction.
    func mayMatch(_ transaction: LedgerTransaction) -> Bool {
        guard validationCodes.isEmpty || validationCodes.contains(transaction.code.name) else { return false }
        if !contracts.isEmpty {
            let name = transaction.contractNamed
            guard contracts.contains(where: { $0.matches(name) }) else { return false }
        }
        return organizations.isEmpty || organizations.contains(transaction.creatorMSPID)
    }

    /// Asks the rest; ``mayMatch(_:)`` was asked before.
    func matches(_ transaction: LedgerTransaction, _ action: LedgerAction?) -> Bool {
        let needsAction =
            !events.isEmpty || !functions.isEmpty || !arguments.isEmpty || !keys.isEmpty || payload != nil
        guard needsAction else { return true }
        guard let action else { return false }
        if !events.isEmpty {
            guard let name = action.event?.eventName, events.contains(where: { $0.matches(name) }) else { return false }
        }
        guard functions.isEmpty || functions.contains(where: { $0.matches(action.function) }) else { return false }
        guard matchesArguments(action) else { return false }
        if let payload {
            guard let bytes = action.event?.payload, let json = EventText.json(bytes), payload.matches(json) else {
                return false
            }
        }
        return keys.isEmpty
            || action.readWriteSet.namespaces.contains { namespace in
                namespace.publicSet.writes.contains { write in keys.contains { $0.matches(write.key) } }
            }
    }

    private func matchesArguments(_ action: LedgerAction) -> Bool {
        let values = action.input.arguments.dropFirst().map(EventText.argument)
        return arguments.enumerated().allSatisfy { index, patterns in
            guard let patterns else { return true }
            let value = index < values.count ? values[index] : nil
            return patterns.contains { $0.matches(value) }
        }
    }
}
