package import FabricTypes

/// A function that a transaction asks for.
package struct ScheduledFunction: Sendable {
    /// Of its event; counts all requests of the transaction from 1, so that it is the same everywhere.
    package let number: Int
    /// Who asked.
    package let contract: Bytes
    package let entry: FunctionSchedule.Entry
}

extension LedgerAction {
    /// What the transaction asks for, of every organisation. It is to be run only if the transaction is valid.
    package var scheduledFunctions: [ScheduledFunction] {
        var requests: [ScheduledFunction] = []
        for namespace in readWriteSet.namespaces {
            guard let write = namespace.publicSet.writes.first(where: { $0.key == FunctionSchedule.key }),
                write.value.count <= FunctionSchedule.byteCountMax,
                let schedule = try? FunctionSchedule(decoding: write.value)
            else { continue }
            for entry in schedule.entries.prefix(FunctionSchedule.entryCountMax) {
                requests.append(
                    ScheduledFunction(number: requests.count + 1, contract: namespace.namespace, entry: entry))
            }
        }
        return requests
    }
}
