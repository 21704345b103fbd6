internal import FoundationEssentials
package import LogCore
internal import Synchronization

extension LogKeeper {
    // MARK: Projects

    /// - Throws: ``LogServiceError``: not found, or it belongs to another organisation.
    package func project(_ name: ProjectName, for organization: String) throws -> ProjectDefinition {
        guard let project = definitions.withLock({ $0.projects[name] }) else {
            throw LogServiceError(code: .projectNotFound, message: "The project \"\(name)\" does not exist.")
        }
        guard project.organization == organization else {
            throw LogServiceError(
                code: .forbidden,
                message: "The project \"\(name)\" does not belong to organisation \"\(organization)\".")
        }
        return project
    }

    /// Whose project it is; nil if there is none.
    package func owner(of name: ProjectName) -> String? {
        definitions.withLock { $0.projects[name]?.organization }
    }

    /// The organisation's projects, by name.
    package func projects(of organization: String) -> [ProjectDefinition] {
        definitions.withLock { $0.projects.values.filter { $0.organization == organization } }
            .sorted { $0.name.rawValue < $1.name.rawValue }
    }

    @discardableResult
    package func createProject(
        _ name: ProjectName, description: String, organization: String
    ) async throws -> ProjectDefinition {
        try await changes.withTurn {
            let (isTaken, count) = definitions.withLock { ($0.projects[name] != nil, $0.projects.count) }
            guard !isTaken else {
                throw LogServiceError(code: .projectExists, message: "The project \"\(name)\" exists already.")
            }
            guard count < configuration.projectCountMax else {
                throw LogServiceError(
                    code: .tooMany, message: "There are \(count) projects; no more than that are allowed.")
            }
            let project = ProjectDefinition(
                name: name, description: description, organization: organization, createTime: now().seconds)
            try await store.save(project)
            definitions.withLock { $0.projects[name] = project }
            return project
        }
    }

    package func updateProject(_ name: ProjectName, description: String) async throws {
        try await changes.withTurn {
            guard var project = definitions.withLock({ $0.projects[name] }) else {
                throw LogServiceError(code: .projectNotFound, message: "The project \"\(name)\" does not exist.")
            }
            project.description = description
            project.lastModifyTime = now().seconds
            try await store.save(project)
            definitions.withLock { [project] in $0.projects[name] = project }
        }
    }

    /// Deletes the project with its logstores and their entries.
    package func deleteProject(_ name: ProjectName) async throws {
        try await changes.withTurn {
            // Hidden first, so that nothing writes into what is being deleted.
            definitions.withLock { state in
                state.projects[name] = nil
                state.logstores = state.logstores.filter { $0.key.project != name }
                state.groups = state.groups.filter { $0.key.project != name }
                state.alarms = state.alarms.filter { $0.key.project != name }
            }
            try await store.remove(name)
        }
    }

    // MARK: Logstores

    package func logstore(_ id: LogstoreID) throws -> LogstoreDefinition {
        try found(id).definition
    }

    func found(_ id: LogstoreID) throws -> Logstore {
        guard let logstore = definitions.withLock({ $0.logstores[id] }) else {
            throw LogServiceError(code: .logstoreNotFound, message: "The logstore \"\(id)\" does not exist.")
        }
        return logstore
    }

    /// The project's logstores, by name.
    package func logstores(in project: ProjectName) -> [LogstoreDefinition] {
        definitions.withLock { $0.logstores.values.map(\.definition).filter { $0.id.project == project } }
            .sorted { $0.id.logstore.rawValue < $1.id.logstore.rawValue }
    }

    @discardableResult
    package func createLogstore(
        _ id: LogstoreID, ttlDays: Int = LogstoreDefinition.ttlDaysDefault, shardCount: Int = 1,
        settingsDocument: String = "{}"
    ) async throws -> LogstoreDefinition {
        try Self.check(ttlDays: ttlDays)
        guard (1...ShardMap.writableCountMax).contains(shardCount) else {
            throw LogServiceError(
                code: .invalid, message: "shardCount is \(shardCount): give 1 to \(ShardMap.writableCountMax).")
        }
        return try await changes.withTurn {
            let (hasProject, isTaken, count, lastNumber) = definitions.withLock { state in
                (
                    state.projects[id.project] != nil, state.logstores[id] != nil,
                    state.logstores.keys.count { $0.project == id.project }, state.lastNumber
                )
            }
            guard hasProject else {
                throw LogServiceError(code: .projectNotFound, message: "The project \"\(id.project)\" does not exist.")
            }
            guard !isTaken else {
                throw LogServiceError(code: .logstoreExists, message: "The logstore \"\(id)\" exists already.")
            }
            guard count < LogstoreDefinition.countMax else {
                throw LogServiceError(
                    code: .tooMany,
                    message: "The project \"\(id.project)\" has \(count) logstores; no more are allowed.")
            }
            let time = now()
            let logstore = LogstoreDefinition(
                id: id, number: max(lastNumber + 1, time.nanoseconds / 1_000), ttlDays: ttlDays,
                shards: ShardMap(count: shardCount, createTime: time.seconds), settingsDocument: settingsDocument,
                createTime: time.seconds)
            try await store.save(logstore)
            definitions.withLock { state in
                state.lastNumber = logstore.number
                state.logstores[id] = Logstore(definition: logstore, index: .default)
            }
            return logstore
        }
    }

    /// Creates what is missing of a project and a logstore, and changes a logstore's life time where it differs.
    ///
    /// - Throws: ``LogServiceError`` when the project belongs to another organisation.
    package func ensureLogstore(
        _ id: LogstoreID, organization: String, description: String, ttlDays: Int, shardCount: Int
    ) async throws {
        do {
            _ = try project(id.project, for: organization)
        } catch let error as LogServiceError where error.code == .projectNotFound {
            try await createProject(id.project, description: description, organization: organization)
        }
        if let logstore = definitions.withLock({ $0.logstores[id]?.definition }) {
            if logstore.ttlDays != ttlDays { try await updateLogstore(id) { $0.ttlDays = ttlDays } }
        } else {
            try await createLogstore(id, ttlDays: ttlDays, shardCount: shardCount)
        }
    }

    package func updateLogstore(_ id: LogstoreID, ttlDays: Int, settingsDocument: String?) async throws {
        try await updateLogstore(id) { logstore in
            logstore.ttlDays = ttlDays
            if let settingsDocument { logstore.settingsDocument = settingsDocument }
        }
    }

    /// Deletes the logstore with its entries.
    package func deleteLogstore(_ id: LogstoreID) async throws {
        try await changes.withTurn {
            let logstore = try found(id)
            definitions.withLock { $0.logstores[id] = nil }
            try await store.remove(logstore.definition)
        }
    }

    // MARK: Index and shards

    /// - Parameters:
    ///   - document: As it was sent; told again when asked for.
    ///   - isNew: Whether the logstore must have none yet, or must have one.
    package func setIndex(_ definition: IndexDefinition, document: String, of id: LogstoreID, isNew: Bool) async throws
    {
        do {
            _ = try LogIndex(definition)
        } catch {
            throw LogServiceError(code: .invalid, message: error.message)
        }
        try await updateLogstore(id) { logstore in
            if isNew, logstore.indexDocument != nil {
                throw LogServiceError(code: .indexExists, message: "The logstore \"\(id)\" has an index already.")
            }
            if !isNew, logstore.indexDocument == nil { throw Self.indexNotFound(id) }
            logstore.indexDocument = document
        }
    }

    /// The index document as it was sent.
    package func indexDocument(of id: LogstoreID) throws -> String {
        guard let document = try found(id).definition.indexDocument else { throw Self.indexNotFound(id) }
        return document
    }

    package func deleteIndex(of id: LogstoreID) async throws {
        try await updateLogstore(id) { logstore in
            guard logstore.indexDocument != nil else { throw Self.indexNotFound(id) }
            logstore.indexDocument = nil
        }
    }

    package func splitShard(_ shard: Int, at key: ShardKey?, of id: LogstoreID) async throws -> [ShardMap.Shard] {
        try await updateLogstore(id) { try $0.shards.split(shard, at: key, createTime: now().seconds) }.shards.shards
    }

    package func mergeShard(_ shard: Int, of id: LogstoreID) async throws -> [ShardMap.Shard] {
        try await updateLogstore(id) { try $0.shards.merge(shard, createTime: now().seconds) }.shards.shards
    }

    // MARK: Parts

    @discardableResult
    func updateLogstore(
        _ id: LogstoreID, _ change: (inout LogstoreDefinition) throws -> Void
    ) async throws -> LogstoreDefinition {
        try await changes.withTurn {
            var logstore = try found(id).definition
            do {
                try change(&logstore)
            } catch let error as ShardError {
                throw LogServiceError(code: error.code == .notFound ? .shardNotFound : .invalid, message: error.message)
            }
            try Self.check(ttlDays: logstore.ttlDays)
            logstore.lastModifyTime = now().seconds
            let index = try Self.index(of: logstore)
            try await store.save(logstore)
            definitions.withLock { [logstore] state in
                state.logstores[id]?.definition = logstore
                state.logstores[id]?.index = index
            }
            return logstore
        }
    }

    static func index(of logstore: LogstoreDefinition) throws -> LogIndex {
        guard let document = logstore.indexDocument else { return .default }
        return try LogIndex(JSONDecoder().decode(IndexDefinition.self, from: Data(document.utf8)))
    }

    private static func check(ttlDays: Int) throws {
        guard LogstoreDefinition.ttlDaysRange.contains(ttlDays) else {
            throw LogServiceError(
                code: .invalid, message: "ttl is \(ttlDays): give 1 to \(LogstoreDefinition.ttlDaysForEver) days.")
        }
    }

    private static func indexNotFound(_ id: LogstoreID) -> LogServiceError {
        LogServiceError(code: .indexNotFound, message: "The logstore \"\(id)\" has no index.")
    }
}
