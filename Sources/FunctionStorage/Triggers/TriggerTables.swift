internal import GRDB

/// The tables of ``TriggerDatabase``. Points are 16 bytes that sort as the ledger does.
enum TriggerTables {
    static func make(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE trigger_position (
                    id INTEGER PRIMARY KEY,
                    trigger_id TEXT NOT NULL, channel TEXT NOT NULL, replay TEXT NOT NULL,
                    watermark BLOB NOT NULL, hash BLOB NOT NULL, paused INTEGER NOT NULL DEFAULT 0, stop TEXT,
                    UNIQUE (trigger_id, channel, replay)
                );
                CREATE TABLE trigger_settled (
                    position INTEGER NOT NULL, point BLOB NOT NULL, PRIMARY KEY (position, point)
                ) WITHOUT ROWID;
                CREATE TABLE trigger_outcome (
                    position INTEGER NOT NULL, point BLOB NOT NULL, record BLOB NOT NULL, PRIMARY KEY (position, point)
                ) WITHOUT ROWID;
                CREATE TABLE trigger_parked (
                    position INTEGER NOT NULL, point BLOB NOT NULL, key TEXT NOT NULL, reason TEXT,
                    PRIMARY KEY (position, point)
                ) WITHOUT ROWID;
                CREATE INDEX trigger_parked_key ON trigger_parked (position, key, point);
                CREATE TABLE trigger_replay (
                    id TEXT NOT NULL PRIMARY KEY, trigger_id TEXT NOT NULL, record BLOB NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX trigger_replay_trigger ON trigger_replay (trigger_id);
                """)
    }
}
