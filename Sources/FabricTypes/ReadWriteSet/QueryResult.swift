/// A row of a range or rich query, as chaincodes get it. Source: Fabric's `queryresult.KV`.
package struct QueryResultKV: WireMessage {
    package static let messageName = "queryresult.KV"

    package var namespace = Bytes()
    package var key = Bytes()
    package var value = Bytes()

    package init() {}

    package init(namespace: Bytes, key: Bytes, value: Bytes) {
        self.namespace = namespace
        self.key = key
        self.value = value
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&namespace)
        case 2: try field.readUTF8(&key)
        case 3: field.read(&value)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, namespace)
        writer.write(2, key)
        writer.write(3, value)
    }
}

/// One change of a key in its history. Source: Fabric's `queryresult.KeyModification`.
package struct KeyModification: WireMessage {
    package static let messageName = "queryresult.KeyModification"

    package var transactionID = Bytes()
    package var value = Bytes()
    /// From the transaction's header, the client's claim.
    package var timestamp: Timestamp?
    package var isDelete = false

    package init() {}

    package init(transactionID: Bytes, value: Bytes, timestamp: Timestamp?, isDelete: Bool) {
        self.transactionID = transactionID
        self.value = value
        self.timestamp = timestamp
        self.isDelete = isDelete
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&transactionID)
        case 2: field.read(&value)
        case 3: try field.merge(into: &timestamp)
        case 4: field.read(&isDelete)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, transactionID)
        writer.write(2, value)
        writer.write(3, message: timestamp)
        writer.write(4, isDelete)
    }
}
