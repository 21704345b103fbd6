// LogCore (core).
//
// The rules of logs: entries, indexes, the query language; and the protocol of the store, with an in-memory twin.
