internal import NodeHTTP
internal import ServiceLifecycle

/// What one part of a node brings along: the log service, functions, the network.
///
/// ``Node/open(_:logger:)`` opens the parts in the order they depend on each other and joins their lists; nothing else needs
/// to know a part.
struct NodePart: Sendable {
    /// Run together. Stopped in reverse order of all parts' lists, the listener first.
    var services: [any Service] = []
    /// Asked in the order of the parts, before the JSON API.
    var surfaces: [any HTTPSurface] = []
    /// Routes under `/api`.
    var apiGroups: [APIGroup] = []
    /// Whether functions answer under a domain name. From memory.
    var isCustomDomain: @Sendable (String) -> Bool = { _ in false }
    var metrics: @Sendable () async -> [MetricFamily] = { [] }
    /// What `/healthz` answers with while the part cannot do its work. From memory.
    var problems: @Sendable () async -> [HealthProblem] = { [] }
    /// Waits until the part can be used, and says in whole lines what a person must know to use it. Called once, while the
    /// services run.
    var readiness: @Sendable () async -> [String] = { [] }
    /// Called once, when no service runs any more; in reverse order of the parts.
    var close: @Sendable () async -> Void = {}
}
