// PeerService (service).
//
// A peer: committer, endorser, gateway, system chaincodes, block and event streams.
