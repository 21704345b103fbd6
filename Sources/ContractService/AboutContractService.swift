// ContractService (service).
//
// Runs contracts for a peer, whether they are linked into the program or speak the shim protocol.
