package import FunctionTypes

/// A function that peers of its organisation ask before they simulate a proposal.
///
/// Declared as an event of the function with the type `Endorsement`; this is its configuration.
package struct EndorsementCheck: Hashable, Sendable {
    /// What to do where the function does not give a verdict: it fails, answers something else, or takes too long.
    package enum OnError: String, Hashable, Sendable, CaseIterable {
        case refuse = "REFUSE"
        case allow = "ALLOW"
    }

    /// What a verdict may depend on besides contract and function, where it is kept for a while.
    package enum CachePart: String, Hashable, Sendable, CaseIterable {
        case creator = "CREATOR"
        case arguments = "ARGUMENTS"
    }

    package static let typeName = "endorsement"
    package static let timeoutSecondsRange = 1...30
    package static let cacheSecondsMax = 3_600
    package static let functionCountMax = 256

    package var channel: String
    package var contract: String
    /// The contract's functions for which it is asked; empty for all.
    package var functions: [String]
    package var timeoutSeconds = 2
    package var onError = OnError.refuse
    /// Whether the function sees values of the transient map, not only their keys.
    package var showsTransientValues = false
    /// How long a verdict counts for proposals that are alike; 0 asks every time.
    package var cacheSeconds = 0
    package var cacheBy: Set<CachePart> = [.creator, .arguments]

    package init(channel: String, contract: String, functions: [String] = []) {
        self.channel = channel
        self.contract = contract
        self.functions = functions
    }

    /// Whether it is asked about calls of a function.
    package func covers(_ function: String) -> Bool {
        functions.isEmpty || functions.contains(function)
    }
}

extension EndorsementCheck {
    /// As a trigger's configuration stands in the registry.
    package var json: JSONValue {
        [
            "channel": .string(channel), "contract": .string(contract),
            "functions": .array(functions.map(JSONValue.string)), "timeout": .integer(Int64(timeoutSeconds)),
            "onError": .string(onError.rawValue), "transientValues": .bool(showsTransientValues),
            "cacheSeconds": .integer(Int64(cacheSeconds)),
            "cacheBy": .array(cacheBy.map(\.rawValue).sorted().map(JSONValue.string)),
        ]
    }

    /// Reads what ``json`` wrote, or an API's caller.
    ///
    /// - Throws: ``InvalidEndorsementCheck`` naming the member.
    package init(json: JSONValue) throws(InvalidEndorsementCheck) {
        func refuse(_ member: String, _ rule: String) -> InvalidEndorsementCheck {
            InvalidEndorsementCheck("\"\(member)\" of an endorsement check \(rule).")
        }
        guard let channel = json["channel"]?.stringValue, !channel.isEmpty else {
            throw refuse("channel", "must name a channel")
        }
        guard let contract = json["contract"]?.stringValue, !contract.isEmpty else {
            throw refuse("contract", "must name a contract")
        }
        self.init(channel: channel, contract: contract)
        if let value = json["functions"] {
            let names = value.arrayValue?.compactMap(\.stringValue) ?? []
            guard names.count == value.arrayValue?.count, names.count <= Self.functionCountMax else {
                throw refuse("functions", "must be a list of at most \(Self.functionCountMax) names")
            }
            functions = names
        }
        if let value = json["timeout"] {
            guard let seconds = value.integerValue.flatMap(Int.init(exactly:)),
                Self.timeoutSecondsRange.contains(seconds)
            else { throw refuse("timeout", "must be 1 to 30 seconds") }
            timeoutSeconds = seconds
        }
        if let value = json["onError"] {
            guard let choice = value.stringValue.flatMap(OnError.init(rawValue:)) else {
                throw refuse("onError", "must be REFUSE or ALLOW")
            }
            onError = choice
        }
        if let value = json["transientValues"] {
            guard let choice = value.boolValue else { throw refuse("transientValues", "must be true or false") }
            showsTransientValues = choice
        }
        if let value = json["cacheSeconds"] {
            guard let seconds = value.integerValue.flatMap(Int.init(exactly:)),
                (0...Self.cacheSecondsMax).contains(seconds)
            else { throw refuse("cacheSeconds", "must be 0 to \(Self.cacheSecondsMax)") }
            cacheSeconds = seconds
        }
        if let value = json["cacheBy"] {
            let parts = value.arrayValue?.compactMap { $0.stringValue.flatMap(CachePart.init(rawValue:)) } ?? []
            guard parts.count == value.arrayValue?.count else {
                throw refuse("cacheBy", "must be a list of CREATOR and ARGUMENTS")
            }
            cacheBy = Set(parts)
        }
    }
}

/// Why a configuration is no ``EndorsementCheck``.
package struct InvalidEndorsementCheck: Error, Hashable, Sendable, CustomStringConvertible {
    /// A whole sentence.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
