// DuetClient (SDK, public).
//
// Calls a network over the gateway protocol.
