// FabricTypes (values).
//
// Bytes, checked names, and hand-written views of Fabric's messages that keep the bytes as received: transactions,
// blocks, read-write sets, configuration trees, policies. Nothing here decides; nothing here knows a clock or a file.
