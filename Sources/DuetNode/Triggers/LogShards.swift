internal import FunctionTypes
internal import LogCore
internal import LogService
internal import TriggerService

/// The node's logstores, as triggers follow them.
struct LogShards: LogShardReading {
    let keeper: LogKeeper

    func bounds(
        ofProject project: String, logstore: String, for organization: OrganizationName
    ) async throws -> [Int: Range<Int64>] {
        let id = LogstoreID(
            project: try ProjectName(validating: project), logstore: try LogstoreName(validating: logstore))
        _ = try keeper.project(id.project, for: organization.rawValue)
        var bounds: [Int: Range<Int64>] = [:]
        for shard in try keeper.logstore(id).shards.shards {
            bounds[shard.id] = try await keeper.bounds(of: id, shard: shard.id)
        }
        return bounds
    }
}
