package import FunctionCore
package import FunctionTypes
package import TriggerCore

/// The events of the ledger and of the log service, as templates and the API ask for them.
package struct LedgerEventSources: EventSources {
    package init() {}

    package func triggerType(templateType: String) -> String? {
        LedgerTrigger.Source(templateType: templateType)?.rawValue
    }

    package func problems(triggerType: String, configuration: JSONValue) -> [EventSourceProblem] {
        do throws(LedgerTrigger.Invalid) {
            if triggerType.lowercased() == LogTrigger.typeName {
                _ = try LogTrigger(parsing: configuration)
            } else if let source = Self.source(triggerType) {
                _ = try LedgerTrigger(source: source, parsing: configuration)
            }
            return []
        } catch {
            return error.problems.map {
                EventSourceProblem(key: $0.key, value: $0.value, reason: $0.reason, remedy: $0.remedy)
            }
        }
    }

    /// What people can have triggers on.
    private static func source(_ triggerType: String) -> LedgerTrigger.Source? {
        LedgerTrigger.Source(rawValue: triggerType.lowercased()).flatMap { $0.templateType == nil ? nil : $0 }
    }

    /// A trigger of the registry on a logstore; nil where it is none.
    package static func logTrigger(_ source: TriggerSource, sourceARN: String?) -> LogTrigger? {
        guard case .other(let type, let configuration) = source, type.lowercased() == LogTrigger.typeName else {
            return nil
        }
        return try? LogTrigger(parsing: configuration, sourceARN: sourceARN)
    }

    /// A trigger of the registry; nil where it is not one on the ledger, or its settings came from a node that knew others.
    package static func trigger(_ source: TriggerSource) -> LedgerTrigger? {
        guard case .other(let type, let configuration) = source, let source = Self.source(type) else { return nil }
        return try? LedgerTrigger(source: source, parsing: configuration)
    }
}
