internal import FabricTypes

/// What an update changes in a configuration, by versions alone: signatures are another matter.
///
/// Source: `verifyReadSet`, `computeDeltaSet` and `computeUpdateResult` in Fabric's `configtx/update.go`.
struct ConfigDelta {
    private let current: ConfigElements
    /// Elements as they will be, in the order of their paths; at least one.
    let changes: [(id: ConfigElementID, element: ConfigElement)]

    /// - Throws: ``ConfigError`` if the read set relies on what is not so, or nothing changes.
    init(_ update: ConfigUpdate, to current: ConfigElements) throws(ConfigError) {
        let readSet = try ConfigError.within("error mapping ReadSet") { () throws(ConfigError) in
            try ConfigElements(update.readSet)
        }
        for (id, element) in readSet.table.sorted(by: { $0.key < $1.key }) {
            guard let existing = current[id] else {
                throw ConfigError(
                    .wrongVersion, "The update relies on the \(id), which does not exist.",
                    stock: "error validating ReadSet: existing config does not contain element for \(id.stockName) "
                        + "but was in the read set")
            }
            guard existing.version == element.version else {
                throw ConfigError(
                    .wrongVersion,
                    "The update relies on version \(element.version) of the \(id), which is at version "
                        + "\(existing.version) now. Make the update anew from the current configuration.",
                    stock: "error validating ReadSet: proposed update requires that key \(id.stockName) be at version "
                        + "\(element.version), but it is currently at version \(existing.version)")
            }
        }
        let writeSet = try ConfigError.within("error mapping WriteSet") { () throws(ConfigError) in
            try ConfigElements(update.writeSet)
        }
        let changes = writeSet.table.filter { id, element in readSet[id]?.version != element.version }
        guard !changes.isEmpty else {
            throw ConfigError(
                .nothingChanges, "The config update changes nothing: every version is as it was.",
                stock: "error validating DeltaSet: delta set was empty -- update would have no effect")
        }
        self.current = current
        self.changes = changes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What stands now where a change will be; nil for something new.
    func existing(_ id: ConfigElementID) -> ConfigElement? { current[id] }

    /// The tree with the changes laid over it.
    func result() throws(ConfigError) -> ConfigGroup {
        var result = current
        for (id, element) in changes { result[id] = element }
        return try result.tree()
    }
}
