// LedgerCore (core).
//
// The rules of a ledger: simulation, read-write sets, validation, commit hashes, audit; and the protocols of the stores
// they need, each with an in-memory twin.
