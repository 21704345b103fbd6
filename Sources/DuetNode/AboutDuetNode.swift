// DuetNode (assembly).
//
// Builds a node from its configuration; the only module that knows every concrete type.
