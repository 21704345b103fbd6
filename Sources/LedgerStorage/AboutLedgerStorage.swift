// LedgerStorage (adapter).
//
// Ledgers on disk: block files, the derived SQLite database, Fabric's own block-file folders.
