internal import FabricTypes
internal import Foundation
internal import FunctionTypes
internal import TriggerCore

/// The CloudEvents that functions and addresses get, with examples made by the node's own code from a recorded channel.
enum EventsPage {
    static func make(blocks folder: String) throws -> ReferencePage {
        var types = MarkdownTable(["`type`", "One for", "`source`", "`subject`"])
        for kind in CloudEvent.Kind.allCases {
            let facts = kind.facts
            types.append(["`\(kind.rawValue)`", facts.meaning, "`\(facts.source)`", facts.subject])
        }
        let examples = try examples(from: folder)
        var attributes = MarkdownTable(["Attribute", "Meaning"])
        for name in Set(examples.flatMap(\.attributes.keys)).sorted() + ["dataref"] {
            guard let meaning = attributeMeanings[name] else {
                throw CommandError(
                    .failed, "The attribute \"\(name)\" has no explanation: add one to the events' page.")
            }
            attributes.append(["`\(name)`", meaning])
        }
        return ReferencePage(
            "events.md", title: "Events",
            [
                "Ledger triggers, sinks and alarms speak CloudEvents 1.0 in JSON. [Triggers](../triggers.md) says when they come, "
                    + "[logs](../logs.md) what alarms are. HTTP and timer triggers have Function Compute's own events; what an "
                    + "[endorsement check](../endorsement-checks.md) is asked has a form of its own.",
                types.text, "## Attributes", attributes.text,
                "An event of more than \(CloudEvent.byteCountMax / 1024) KiB has no `data`. Bytes that are no text stand in members "
                    + "whose names end in `Base64`, or as `{\"base64\": …}` among arguments. Of private data there are only hashes.",
            ]
                + examples.flatMap { example in
                    ["## Example: \(example.title)", "```json\n\(shortened(example.event).prettyJSONText)\n```"]
                })
    }

    private struct Example {
        let title: String
        let event: FunctionTypes.JSONValue
        let attributes: [String: String]
    }

    private static let attributeMeanings = [
        "specversion": "always `1.0`",
        "id":
            "`<channel>/<block>/<transaction>/<event>`, the same on every peer and in every replay: discard repeats by it",
        "source": "where it happened; with `id` unique in the world of one network",
        "type": "as above",
        "subject": "as above",
        "time": "the client's clock, RFC 3339; absent from blocks",
        "sequence": "sorts as the ledger does: block, transaction, event, padded with zeros",
        "partitionkey": "the key that orders deliveries, or the channel; absent where there is no key",
        "traceparent": "W3C trace context: the client's, or one that follows from the transaction's id",
        "datacontenttype": "always `application/json`",
        "dataref": "path of the node's API that answers the data; only where the event is too large to carry it",
    ]

    /// The first event of each source in the blocks.
    private static func examples(from folder: String) throws -> [Example] {
        var examples: [Example] = []
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        for (source, title) in [
            (LedgerTrigger.Source.contractEvent, "a contract's event"), (.transaction, "a transaction"),
            (.block, "a block"),
        ] {
            let maker = EventMaker(
                network: "trade", trigger: LedgerTrigger(source: source, channel: "trade"),
                organization: OrganizationName(unchecked: "AlderMSP"))
            // Early blocks configure the channel; what follows is what triggers are about.
            for name in names.dropFirst(20) {
                let bytes = Bytes([UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
                let block = try LedgerBlock(decoding: bytes, isCommitted: true)
                guard source != .block || block.transactions.count < 4, let event = maker.events(in: block).first else {
                    continue
                }
                examples.append(
                    Example(
                        title: title, event: try JSONValue(parsing: event.content.structured),
                        attributes: event.content.attributes))
                break
            }
        }
        guard examples.count == 3 else {
            throw CommandError(.noInput, "\"\(folder)\" holds no blocks with an event of each kind.")
        }
        return examples
    }

    private static func shortened(_ value: FunctionTypes.JSONValue) -> FunctionTypes.JSONValue {
        switch value {
        case .string(let text) where text.count > 80: .string(text.prefix(64) + "…")
        case .array(let values): .array(values.map(shortened))
        case .object(let members): .object(members.mapValues(shortened))
        default: value
        }
    }
}

extension CloudEvent.Kind {
    fileprivate var facts: (meaning: String, source: String, subject: String) {
        switch self {
        case .block: ("a block, committed or ordered", "/duet/<network>/<channel>", "its number")
        case .transaction: ("a transaction", "/duet/<network>/<channel>", "its id")
        case .contractEvent:
            ("the event that a contract set", "/duet/<network>/<channel>/<contract>", "the event's name")
        case .scheduled:
            ("a function that a contract scheduled", "/duet/<network>/<channel>/<contract>", "`<service>/<function>`")
        case .log: ("a notice of an alarm", "/duet/logs/<project>/<logstore>", "the alarm's name")
        }
    }
}
