internal import FunctionTypes

/// The JSON of commands is that of the node's API; LedgerCore has a type of the same name for documents in the state.
typealias JSONValue = FunctionTypes.JSONValue
