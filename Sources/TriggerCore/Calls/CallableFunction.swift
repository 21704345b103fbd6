package import FunctionTypes

/// That a contract may call a function of the organisation whose peer runs it.
///
/// Declared as an event of the function with the type `ContractCall`; this is its configuration. A function without it cannot be
/// called by contracts.
package struct CallableFunction: Hashable, Sendable {
    package static let typeName = "contractcall"
    package static let timeoutSecondsRange = 1...10

    package var channel: String
    package var contract: String
    package var timeoutSeconds = 2

    package init(channel: String, contract: String) {
        self.channel = channel
        self.contract = contract
    }

    /// As a trigger's configuration stands in the registry.
    package var json: JSONValue {
        [
            "channel": .string(channel), "contract": .string(contract), "timeout": .integer(Int64(timeoutSeconds)),
        ]
    }

    /// Reads what ``json`` wrote, or an API's caller.
    package init(json: JSONValue) throws(Invalid) {
        guard let channel = json["channel"]?.stringValue, !channel.isEmpty else {
            throw Invalid("channel", "must name a channel")
        }
        guard let contract = json["contract"]?.stringValue, !contract.isEmpty else {
            throw Invalid("contract", "must name the contract that may call")
        }
        self.init(channel: channel, contract: contract)
        guard let value = json["timeout"] else { return }
        guard let seconds = value.integerValue.flatMap(Int.init(exactly:)), Self.timeoutSecondsRange.contains(seconds)
        else { throw Invalid("timeout", "must be 1 to 10 seconds") }
        timeoutSeconds = seconds
    }

    /// Why a configuration is none.
    package struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        /// A whole sentence.
        package let description: String

        init(_ member: String, _ rule: String) {
            description = "\"\(member)\" of a ContractCall \(rule)."
        }
    }
}
