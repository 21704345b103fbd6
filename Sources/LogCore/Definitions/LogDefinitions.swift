/// A project: a name space of logstores that belongs to one organisation.
package struct ProjectDefinition: Hashable, Sendable, Codable {
    package var name: ProjectName
    package var description: String
    /// Whose access keys may use it.
    package var organization: String
    /// Unix seconds.
    package var createTime: Int64
    package var lastModifyTime: Int64

    package init(name: ProjectName, description: String, organization: String, createTime: Int64) {
        self.name = name
        self.description = description
        self.organization = organization
        self.createTime = createTime
        self.lastModifyTime = createTime
    }
}

/// A logstore: how long it keeps entries, its shards and its index.
package struct LogstoreDefinition: Hashable, Sendable, Codable {
    /// Days an entry is kept after it arrived, 1 to 3,650; 3,650 means for ever.
    package static let ttlDaysRange = 1...3_650
    package static let ttlDaysDefault = 30
    package static let ttlDaysForEver = 3_650
    /// Logstores per project.
    package static let countMax = 200

    package var id: LogstoreID
    /// Names the folder; never used again, so that a deleted logstore's files cannot come back under its name.
    package var number: Int64
    package var ttlDays: Int
    package var shards: ShardMap
    /// The index document as it was sent; nil without index.
    package var indexDocument: String?
    /// Members that are kept and told, but change nothing here (`autoSplit`, `telemetryType`, …), as a JSON object.
    package var settingsDocument: String
    package var createTime: Int64
    package var lastModifyTime: Int64

    package init(
        id: LogstoreID, number: Int64, ttlDays: Int, shards: ShardMap, settingsDocument: String = "{}",
        createTime: Int64
    ) {
        self.id = id
        self.number = number
        self.ttlDays = ttlDays
        self.shards = shards
        self.settingsDocument = settingsDocument
        self.createTime = createTime
        self.lastModifyTime = createTime
    }
}

extension ProjectName: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(validating: decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension LogstoreName: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(validating: decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
