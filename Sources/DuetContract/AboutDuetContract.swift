// DuetContract (SDK, public).
//
// What a contract in Swift is written with: a type, its methods, and the stub through which they reach the ledger.

// Keys, values and arguments are `Bytes`; whoever writes a contract should not have to import where they come from.
@_exported public import FabricTypes
