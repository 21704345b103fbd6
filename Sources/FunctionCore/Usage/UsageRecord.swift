package import FunctionTypes
internal import Synchronization

/// What a function used in a month.
package struct UsageRecord: Hashable, Sendable, Codable {
    package struct Key: Hashable, Sendable, Codable, Comparable {
        package var function: FunctionID
        /// `2024-02`, UTC.
        package var month: String

        package init(function: FunctionID, at moment: Timestamp) {
            self.function = function
            month = String(moment.iso8601.prefix(7))
        }

        package init(function: FunctionID, month: String) {
            self.function = function
            self.month = month
        }

        package static func < (left: Key, right: Key) -> Bool {
            (left.month, left.function) < (right.month, right.function)
        }
    }

    package var key: Key
    package var invocationCount: Int64 = 0
    package var errorCount: Int64 = 0
    package var coldStartCount: Int64 = 0
    /// Memory setting times duration, in megabyte-milliseconds.
    package var megabyteMilliseconds: Int64 = 0
    package var byteCountIn: Int64 = 0
    package var byteCountOut: Int64 = 0

    package init(key: Key) {
        self.key = key
    }

    package var gigabyteSeconds: Double { Double(megabyteMilliseconds) / 1024 / 1000 }

    package mutating func add(_ other: UsageRecord) {
        invocationCount &+= other.invocationCount
        errorCount &+= other.errorCount
        coldStartCount &+= other.coldStartCount
        megabyteMilliseconds &+= other.megabyteMilliseconds
        byteCountIn &+= other.byteCountIn
        byteCountOut &+= other.byteCountOut
    }
}

/// Keeps usage by function and month. Calls block.
package protocol UsageStore: Sendable {
    /// Adds to what is kept, all or nothing.
    func add(_ records: [UsageRecord]) throws
    /// Sorted by month and function; nil means any.
    func usage(of organization: OrganizationName?, month: String?) throws -> [UsageRecord]
}

/// Usage that is forgotten with the process: for tests and demonstrations.
package final class MemoryUsageStore: UsageStore {
    private let records = Mutex<[UsageRecord.Key: UsageRecord]>([:])

    package init() {}

    package func add(_ more: [UsageRecord]) {
        records.withLock { records in
            for record in more { records[record.key, default: UsageRecord(key: record.key)].add(record) }
        }
    }

    package func usage(of organization: OrganizationName?, month: String?) -> [UsageRecord] {
        records.withLock { $0.values }.filter {
            (organization == nil || $0.key.function.organization == organization)
                && (month == nil || $0.key.month == month)
        }.sorted { $0.key < $1.key }
    }
}
