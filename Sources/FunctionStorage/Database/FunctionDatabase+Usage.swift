package import FunctionCore
package import FunctionTypes
internal import GRDB

extension FunctionDatabase: UsageStore {
    package func add(_ records: [UsageRecord]) throws {
        try perform("store usage") {
            try queue.write { database in
                for record in records {
                    let id = record.key.function
                    try database.execute(
                        sql: """
                            INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                            ON CONFLICT DO UPDATE SET
                                invocations = invocations + excluded.invocations, errors = errors + excluded.errors,
                                cold_starts = cold_starts + excluded.cold_starts,
                                megabyte_milliseconds = megabyte_milliseconds + excluded.megabyte_milliseconds,
                                bytes_in = bytes_in + excluded.bytes_in, bytes_out = bytes_out + excluded.bytes_out
                            """,
                        arguments: [
                            id.organization.rawValue, record.key.month, id.service.rawValue, id.function.rawValue,
                            record.invocationCount, record.errorCount, record.coldStartCount,
                            record.megabyteMilliseconds,
                            record.byteCountIn, record.byteCountOut,
                        ])
                }
            }
        }
    }

    package func usage(of organization: OrganizationName?, month: String?) throws -> [UsageRecord] {
        try perform("read usage") {
            try queue.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT * FROM usage WHERE (?1 IS NULL OR organization = ?1) AND (?2 IS NULL OR month = ?2)
                        ORDER BY month, organization, service, function
                        """,
                    arguments: [organization?.rawValue, month]
                ).map(Self.usageRecord)
            }
        }
    }

    private static func usageRecord(_ row: Row) -> UsageRecord {
        let id = FunctionID(
            organization: OrganizationName(unchecked: row[0]), service: ServiceName(unchecked: row[2]),
            function: FunctionName(unchecked: row[3]))
        var record = UsageRecord(key: UsageRecord.Key(function: id, month: row[1]))
        record.invocationCount = row[4]
        record.errorCount = row[5]
        record.coldStartCount = row[6]
        record.megabyteMilliseconds = row[7]
        record.byteCountIn = row[8]
        record.byteCountOut = row[9]
        return record
    }
}
