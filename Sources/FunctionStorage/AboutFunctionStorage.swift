// FunctionStorage (adapter).
//
// Functions on disk: code packages by content hash, the registry, the asynchronous queue, dead letters.
