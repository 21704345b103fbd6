// FabricProtos (wire).
//
// Code generated from `Protos/`, for the edges and for tests that compare our own decoders with it. Never edited:
// `scripts/generate-protos` makes it anew.
