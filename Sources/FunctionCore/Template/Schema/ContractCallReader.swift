internal import FunctionTypes

/// Reads the `ContractCall` event into the API's form: that a contract may call the function.
enum ContractCallReader {
    static func read(_ properties: inout TemplateMapping, _ findings: TemplateFindings) -> TriggerSource? {
        let place = ContractPlaceReader.read(&properties, findings)
        let timeout = properties.integer("Timeout", in: 1...10, unit: "seconds") ?? 2
        properties.refuseRest()
        guard let place else { return nil }
        return .other(
            type: "contractcall",
            configuration: [
                "channel": .string(place.channel), "contract": .string(place.contract),
                "timeout": .integer(Int64(timeout)),
            ])
    }
}
