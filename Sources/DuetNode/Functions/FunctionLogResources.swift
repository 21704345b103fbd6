internal import FunctionCore
internal import FunctionTypes
internal import LogCore
internal import LogService

/// Makes the log projects of templates in the node's log service.
struct FunctionLogResources: LogResources {
    let keeper: LogKeeper

    func stands(_ logstore: LogstoreTemplate, project: String) -> LogResourceStanding {
        guard let id = try? id(logstore, project: project), let standing = try? keeper.logstore(id) else {
            return .missing  // a name that is not allowed is reported when it is made
        }
        guard standing.ttlDays != logstore.ttlDays else { return .equal }
        return .different("ttlDays: \(standing.ttlDays) → \(logstore.ttlDays)")
    }

    func ensure(
        _ logstore: LogstoreTemplate, project: LogProjectTemplate, organization: OrganizationName
    ) async throws {
        do {
            try await keeper.ensureLogstore(
                try id(logstore, project: project.name), organization: organization.rawValue,
                description: project.description ?? "", ttlDays: logstore.ttlDays, shardCount: logstore.shardCount)
        } catch let error as LogServiceError {
            throw FunctionError(
                error.code == .forbidden ? .accessDenied : .invalidArgument,
                "Logstore \"\(project.name)/\(logstore.name)\" cannot be made: \(error.message)", cause: error)
        } catch let error as InvalidLogName {
            throw FunctionError(.invalidArgument, "\(error)")
        }
    }

    private func id(_ logstore: LogstoreTemplate, project: String) throws -> LogstoreID {
        LogstoreID(
            project: try ProjectName(validating: project), logstore: try LogstoreName(validating: logstore.name))
    }
}
