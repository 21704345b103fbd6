internal import ArgumentParser
internal import LogCore

/// A logstore as people write it: `project/store`.
struct LogstoreArgument: ExpressibleByArgument {
    let id: LogstoreID

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let project = try? ProjectName(validating: String(parts[0])),
            let logstore = try? LogstoreName(validating: String(parts[1]))
        else { return nil }
        id = LogstoreID(project: project, logstore: logstore)
    }

    /// The logstore's path in the JSON API.
    var path: [String] {
        ["api", "logs", "projects", id.project.rawValue, "stores", id.logstore.rawValue]
    }
}

/// What a person asks for, checked before anything is called.
enum LogQueryArgument {
    /// - Throws: ``CommandError`` that shows where the query is wrong.
    static func parse(_ text: String) throws(CommandError) -> LogQuery {
        do {
            return try QueryParser.parse(text)
        } catch {
            throw CommandError(
                .usage, "The query is wrong: \(error.message)\n\(TextMark.line(in: text, utf8Offset: error.utf8Offset))"
            )
        }
    }

    /// - Throws: ``CommandError`` when the text is no time. The node reads it anew, by its own clock.
    static func check(_ time: String?, option: String) throws(CommandError) {
        guard let time else { return }
        do {
            _ = try TimeExpression.parse(time, now: LogTime(seconds: 0))
        } catch {
            throw CommandError(.usage, "\(option): \(error)")
        }
    }

    /// A refusal of the query, with a mark where the node found it wrong.
    static func explained(_ refusal: NodeRefusal, query: String) -> any Error {
        guard refusal.code == "QueryInvalid" else { return refusal }
        return CommandError(refusal.exitStatus, refusal.explanation(marking: query))
    }
}
