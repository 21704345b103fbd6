package import FunctionTypes

/// The log service as far as a deployment needs it: projects and logstores that templates name.
package protocol LogResources: Sendable {
    /// Whether the logstore is there with this life time.
    func stands(_ logstore: LogstoreTemplate, project: String) -> LogResourceStanding

    /// Makes what is missing, and changes the life time where it differs.
    ///
    /// - Throws: ``FunctionError`` when the project belongs to another organisation or the names are not allowed.
    func ensure(
        _ logstore: LogstoreTemplate, project: LogProjectTemplate, organization: OrganizationName
    ) async throws
}

package enum LogResourceStanding: Hashable, Sendable {
    case missing
    case different(String)
    case equal
}
