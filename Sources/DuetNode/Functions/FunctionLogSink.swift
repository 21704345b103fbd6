internal import LogCore
internal import LogService

/// Lets functions write into their own organisation's log projects only: a service may name any project, and nobody may put
/// lines among another's.
struct FunctionLogSink: LogSink {
    let keeper: LogKeeper

    func write(_ entries: [LogEntry], to logstore: LogstoreID) {
        // The platform puts the organisation into every line itself, first; a function cannot.
        guard let organization = entries.first?.fields.first(where: { $0.name == "organization" })?.value,
            (try? keeper.project(logstore.project, for: organization)) != nil
        else { return }
        keeper.write(entries, to: logstore)
    }
}
