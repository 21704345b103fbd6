// NodeHTTP (edge).
//
// HTTP to values and back: Function Compute's REST, the log service's REST, Duet's JSON API. Decides nothing.
