package import FunctionTypes

/// An event as CloudEvents 1.0 has it. The same on every peer, and in every replay.
package struct CloudEvent: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
        case block = "duet.ledger.block"
        case transaction = "duet.ledger.transaction"
        case contractEvent = "duet.ledger.contractevent"
        case scheduled = "duet.ledger.scheduled"
        case log = "duet.log"
    }

    /// Bytes of an event with its data, structured; data of a larger one is fetched at its `dataref`. CloudEvents asks every
    /// intermediary for as much.
    package static let byteCountMax = 64 * 1024

    package var id: String
    package var source: String
    package var kind: Kind
    package var subject: String?
    /// RFC 3339; for the ledger it is the client's clock.
    package var time: String?
    package var sequence: String
    package var partitionKey: String?
    package var traceparent: String?
    package var data: JSONValue
    /// Where the data of a large event can be read; a path of the node's API.
    package var dataReference: String

    package init(
        id: String, source: String, kind: Kind, subject: String? = nil, time: String? = nil, sequence: String,
        partitionKey: String? = nil, traceparent: String? = nil, data: JSONValue, dataReference: String
    ) {
        self.id = id
        self.source = source
        self.kind = kind
        self.subject = subject
        self.time = time
        self.sequence = sequence
        self.partitionKey = partitionKey
        self.traceparent = traceparent
        self.data = data
        self.dataReference = dataReference
    }

    /// Every attribute but the data, by its name.
    package var attributes: [String: String] {
        var attributes = [
            "specversion": "1.0", "id": id, "source": source, "type": kind.rawValue, "sequence": sequence,
            "datacontenttype": "application/json",
        ]
        attributes["subject"] = subject
        attributes["time"] = time
        attributes["partitionkey"] = partitionKey
        attributes["traceparent"] = traceparent
        return attributes
    }

    /// Ready to be sent.
    package func encoded() -> EncodedCloudEvent {
        let dataBytes = data.jsonBytes
        let members = attributes.mapValues(JSONValue.string)
        let whole = JSONValue.object(members.merging(["data": data]) { first, _ in first }).jsonBytes
        guard whole.count > Self.byteCountMax else {
            return EncodedCloudEvent(structured: whole, attributes: attributes, data: dataBytes)
        }
        var referring = members
        referring["dataref"] = .string(dataReference)
        return EncodedCloudEvent(
            structured: JSONValue.object(referring).jsonBytes,
            attributes: attributes.merging(["dataref": dataReference]) { first, _ in first }, data: [])
    }
}

/// An event in both of its forms on the wire.
package struct EncodedCloudEvent: Hashable, Sendable {
    /// One JSON object, `application/cloudevents+json`.
    package var structured: [UInt8]
    /// For headers, beside ``data`` as the body.
    package var attributes: [String: String]
    /// JSON; empty where a `dataref` stands for it.
    package var data: [UInt8]
}
