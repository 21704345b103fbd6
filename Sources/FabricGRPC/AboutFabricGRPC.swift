// FabricGRPC (edge).
//
// Fabric's gRPC services over TLS: message bytes to values, errors to statuses. Decides nothing.
