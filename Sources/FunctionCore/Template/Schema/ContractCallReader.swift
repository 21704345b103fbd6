internal import FunctionTypes

/// Reads the `ContractCall` event into the API's form: that a contract may call the function.
enum ContractCallReader {
    static func read(_ properties: inout TemplateMapping) -> TriggerSource? {
        let channel = properties.text("Channel", isRequired: true)
        let contract = properties.text("Contract", isRequired: true)
        let timeout = properties.integer("Timeout", in: 1...10, unit: "seconds") ?? 2
        properties.refuseRest()
        guard let channel, let contract else { return nil }
        return .other(
            type: "contractcall",
            configuration: [
                "channel": .string(channel), "contract": .string(contract), "timeout": .integer(Int64(timeout)),
            ])
    }
}
