internal import FunctionTypes

/// Reads the `Endorsement` event into the API's form: a check that the organisation's peers ask before they simulate.
enum EndorsementReader {
    static func read(_ properties: inout TemplateMapping, _ findings: TemplateFindings) -> TriggerSource? {
        let place = ContractPlaceReader.read(&properties, findings)
        let functions = texts("Functions", &properties, findings)
        let timeout = properties.integer("Timeout", in: 1...30, unit: "seconds", standard: 2)
        let onError = properties.choice("OnError", of: ["REFUSE", "ALLOW"], standard: "REFUSE")
        let showsTransientValues = properties.boolean("TransientValues", standard: false)
        let cacheSeconds = properties.integer("CacheSeconds", in: 0...3_600, unit: "seconds", standard: 0)
        let isCacheByGiven = properties.node["CacheBy"] != nil
        var cacheBy = texts("CacheBy", &properties, findings)
        for part in cacheBy where !["ARGUMENTS", "CREATOR"].contains(part) {
            findings.refuse(
                properties.node["CacheBy"]?.line ?? 0, properties.path("CacheBy"), part,
                "a verdict cannot be kept by it", "List ARGUMENTS, CREATOR or both.")
        }
        if isCacheByGiven, cacheSeconds == 0 {
            findings.refuse(
                properties.node["CacheBy"]?.line ?? 0, properties.path("CacheBy"), nil,
                "without CacheSeconds no verdict is kept", "Add \"CacheSeconds: 10\", or take CacheBy out.")
        }
        if !isCacheByGiven { cacheBy = ["ARGUMENTS", "CREATOR"] }
        properties.refuseRest()
        guard let place else { return nil }
        return .other(
            type: "endorsement",
            configuration: [
                "channel": .string(place.channel), "contract": .string(place.contract),
                "functions": .array(functions.map(JSONValue.string)), "timeout": .integer(Int64(timeout)),
                "onError": .string(onError), "transientValues": .bool(showsTransientValues),
                "cacheSeconds": .integer(Int64(cacheSeconds)), "cacheBy": .array(cacheBy.map(JSONValue.string)),
            ])
    }

    private static func texts(
        _ name: String, _ properties: inout TemplateMapping, _ findings: TemplateFindings
    ) -> [String] {
        let list = properties.list(name)
        if let list, list.isEmpty {
            findings.refuse(
                properties.node[name]?.line ?? 0, properties.path(name), nil, "it is empty",
                "List at least one, or take \(name) out for all.")
        }
        return (list ?? []).enumerated().compactMap { index, node in
            guard let text = node.text, !text.isEmpty else {
                findings.refuse(
                    node.line, "\(properties.path(name))[\(index)]", node.shown, "it must be a text", "Write a name.")
                return nil
            }
            return text
        }
    }
}
