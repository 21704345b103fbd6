// DuetClient (SDK, public).
//
// Calls a network over the gateway protocol.

// Arguments and answers are `Bytes`; whoever writes a client should not have to import where they come from.
@_exported public import FabricTypes
