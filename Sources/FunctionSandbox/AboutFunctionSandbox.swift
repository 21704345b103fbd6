// FunctionSandbox (adapter).
//
// Functions as processes: bootstraps, sockets, confinement, limits, the end of a process tree.
