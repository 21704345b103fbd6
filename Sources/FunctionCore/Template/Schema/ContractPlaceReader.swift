/// Reads which contract on which channel an event is about: one that clients can call, by its own name.
enum ContractPlaceReader {
    static func read(
        _ properties: inout TemplateMapping, _ findings: TemplateFindings
    ) -> (channel: String, contract: String)? {
        let channel = name("Channel", &properties, findings)
        let contract = name("Contract", &properties, findings)
        if let contract, contract.hasPrefix("_") {
            findings.refuse(
                properties.node["Contract"]?.line ?? 0, properties.path("Contract"), contract,
                "this is a part of the peer, for which functions are never asked", "Name a contract of the channel.")
            return nil
        }
        guard let channel, let contract else { return nil }
        return (channel, contract)
    }

    private static func name(
        _ key: String, _ properties: inout TemplateMapping, _ findings: TemplateFindings
    ) -> String? {
        guard let text = properties.text(key, isRequired: true) else { return nil }
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, !text.isEmpty else {
            findings.refuse(
                properties.node[key]?.line ?? 0, properties.path(key), text,
                "a name has letters, digits and \". - _\", and stands for itself alone",
                "Write one event for each \(key.lowercased()).")
            return nil
        }
        return text
    }
}
