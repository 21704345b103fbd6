// LogStorage (adapter).
//
// Logs on disk: one SQLite file for each shard and day.
