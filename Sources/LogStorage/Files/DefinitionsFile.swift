internal import FoundationEssentials
internal import LogCore

/// Projects, logstores and records as documents in one SQLite file; every change is synced.
final class DefinitionsFile {
    private let connection: SQLiteConnection

    init(path: String) throws {
        connection = try SQLiteConnection(path: path, mode: .readWrite)
        try connection.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
        try connection.execute(
            """
            BEGIN;
            CREATE TABLE IF NOT EXISTS project (name TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS logstore (
                project TEXT NOT NULL REFERENCES project ON DELETE CASCADE, name TEXT NOT NULL, document TEXT NOT NULL,
                PRIMARY KEY (project, name)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS record (
                project TEXT NOT NULL REFERENCES project ON DELETE CASCADE, kind TEXT NOT NULL, name TEXT NOT NULL,
                document TEXT NOT NULL, PRIMARY KEY (project, kind, name)) WITHOUT ROWID;
            COMMIT;
            """)
    }

    func load() throws -> LogDefinitions {
        var definitions = LogDefinitions()
        let decoder = JSONDecoder()
        let projects = try connection.prepare("SELECT document FROM project ORDER BY name")
        while try projects.step() {
            definitions.projects.append(try decoder.decode(ProjectDefinition.self, from: Data(projects.bytes(0))))
        }
        let logstores = try connection.prepare("SELECT document FROM logstore ORDER BY project, name")
        while try logstores.step() {
            definitions.logstores.append(try decoder.decode(LogstoreDefinition.self, from: Data(logstores.bytes(0))))
        }
        let records = try connection.prepare("SELECT project, kind, name, document FROM record ORDER BY 1, 2, 3")
        while try records.step() {
            let project = try ProjectName(validating: records.text(0))
            definitions.records.append(
                LogRecord(
                    key: .init(project: project, kind: records.text(1), name: records.text(2)),
                    document: records.text(3)))
        }
        return definitions
    }

    func save(_ project: ProjectDefinition) throws {
        try run(
            "INSERT INTO project VALUES (?1, ?2) ON CONFLICT DO UPDATE SET document = excluded.document",
            [project.name.rawValue, try document(project)])
    }

    func save(_ logstore: LogstoreDefinition) throws {
        try run(
            "INSERT INTO logstore VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET document = excluded.document",
            [logstore.id.project.rawValue, logstore.id.logstore.rawValue, try document(logstore)])
    }

    func save(_ record: LogRecord) throws {
        try run(
            "INSERT INTO record VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET document = excluded.document",
            [record.key.project.rawValue, record.key.kind, record.key.name, record.document])
    }

    func remove(_ project: ProjectName) throws {
        try run("DELETE FROM project WHERE name = ?1", [project.rawValue])
    }

    func remove(_ logstore: LogstoreID) throws {
        try run(
            "DELETE FROM logstore WHERE project = ?1 AND name = ?2",
            [logstore.project.rawValue, logstore.logstore.rawValue])
    }

    func removeRecord(_ key: LogRecord.Key) throws {
        try run(
            "DELETE FROM record WHERE project = ?1 AND kind = ?2 AND name = ?3",
            [key.project.rawValue, key.kind, key.name])
    }

    private func run(_ sql: String, _ arguments: [String]) throws {
        let statement = try connection.prepare(sql)
        for (index, argument) in arguments.enumerated() { try statement.bind(Int32(index + 1), argument) }
        try statement.run()
    }

    private func document(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
