package import FabricTypes
package import FunctionTypes

/// A contract call as a function asks for it.
///
/// As JSON:
/// ```json
/// {
///   "channel": "mychannel",
///   "contract": "rewards",
///   "function": "award",
///   "args": ["alice", "10", {"base64": "AAEC"}],
///   "transient": {"price": "12", "salt": {"base64": "3q2+7w=="}},
///   "endorsingOrganizations": ["Org1MSP", "Org2MSP"]
/// }
/// ```
/// `channel` may be left out where there is a channel to mean; `args`, `transient` and `endorsingOrganizations` may be left out
/// always. An argument is text or bytes; whoever wants to pass on an object writes it as JSON text.
package struct LedgerCall: Hashable, Sendable {
    package static let argumentCountMax = 256
    package static let transientCountMax = 64
    package static let organizationCountMax = 32
    /// Arguments and transient values together, in bytes.
    package static let byteCountMax = 1 << 20

    package var channel: ChannelID
    package var contract: Bytes
    /// The function's name first, as chaincodes take it.
    package var arguments: [Bytes]
    /// For the contract's eyes only; never on the ledger.
    package var transient: [Bytes: Bytes]
    /// Empty to let the gateway plan.
    package var endorsingOrganizations: [MSPID]

    package init(
        channel: ChannelID, contract: Bytes, arguments: [Bytes], transient: [Bytes: Bytes] = [:],
        endorsingOrganizations: [MSPID] = []
    ) {
        self.channel = channel
        self.contract = contract
        self.arguments = arguments
        self.transient = transient
        self.endorsingOrganizations = endorsingOrganizations
    }
}

/// Why something is no ``LedgerCall``.
package struct InvalidLedgerCall: Error, Hashable, Sendable, CustomStringConvertible {
    /// A whole sentence.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension LedgerCall {
    private static let members: Set<String> = [
        "channel", "contract", "function", "args", "transient", "endorsingOrganizations",
    ]

    /// Reads a call.
    ///
    /// - Parameters:
    ///   - place: how messages call it, such as `transactions[0]`.
    ///   - channel: what is meant where the call names none.
    /// - Throws: ``InvalidLedgerCall`` for the first thing that is wrong, also for members that mean nothing: a misspelt one would
    ///   otherwise be passed over in silence.
    package init(
        _ value: JSONValue, at place: String, channel defaultChannel: String?
    ) throws(InvalidLedgerCall) {
        guard let members = value.objectValue else { throw InvalidLedgerCall("\(place) must be an object.") }
        if let stranger = members.keys.filter({ !Self.members.contains($0) }).min() {
            throw InvalidLedgerCall(
                "\(place) has a member \"\(stranger.prefix(64))\", which means nothing. Use "
                    + "\(Self.members.sorted().map { "\"\($0)\"" }.joined(separator: ", ")).")
        }
        let name = try Self.text(members["channel"], "\(place).channel", default: defaultChannel)
        do {
            channel = try ChannelID(validating: name)
        } catch {
            throw InvalidLedgerCall("\(place).channel: \(error)")
        }
        contract = Bytes(try Self.text(members["contract"], "\(place).contract"))
        let function = try Self.text(members["function"], "\(place).function")
        arguments = [Bytes(function)]
        for (index, argument) in try Self.list(members["args"], "\(place).args", countMax: Self.argumentCountMax)
            .enumerated()
        {
            arguments.append(try Self.bytes(argument, "\(place).args[\(index)]"))
        }
        transient = [:]
        let secrets = try Self.object(members["transient"], "\(place).transient")
        for (key, secret) in secrets {
            transient[Bytes(key)] = try Self.bytes(secret, "\(place).transient[\"\(key.prefix(64))\"]")
        }
        endorsingOrganizations = []
        let organizations = try Self.list(
            members["endorsingOrganizations"], "\(place).endorsingOrganizations", countMax: Self.organizationCountMax)
        for (index, organization) in organizations.enumerated() {
            let name = try Self.text(organization, "\(place).endorsingOrganizations[\(index)]")
            do {
                endorsingOrganizations.append(try MSPID(validating: name))
            } catch {
                throw InvalidLedgerCall("\(place).endorsingOrganizations[\(index)]: \(error)")
            }
        }
        let count = arguments.reduce(0) { $0 + $1.count } + transient.reduce(0) { $0 + $1.key.count + $1.value.count }
        guard count <= Self.byteCountMax else {
            throw InvalidLedgerCall(
                "\(place) has \(count) bytes of arguments; \(Self.byteCountMax) are the most. Store large values elsewhere "
                    + "and pass their hash.")
        }
    }

    private static func text(
        _ value: JSONValue?, _ place: String, default standing: String? = nil
    ) throws(InvalidLedgerCall) -> String {
        guard let value, value != .null else {
            if let standing { return standing }
            throw InvalidLedgerCall("\(place) is missing: give a text.")
        }
        guard let text = value.stringValue, !text.isEmpty, text.utf8.count <= 1_024 else {
            throw InvalidLedgerCall("\(place) must be a text of 1 to 1024 bytes.")
        }
        return text
    }

    private static func list(
        _ value: JSONValue?, _ place: String, countMax: Int
    ) throws(InvalidLedgerCall) -> [JSONValue] {
        guard let value, value != .null else { return [] }
        guard let list = value.arrayValue, list.count <= countMax else {
            throw InvalidLedgerCall("\(place) must be a list of at most \(countMax) values.")
        }
        return list
    }

    private static func object(_ value: JSONValue?, _ place: String) throws(InvalidLedgerCall) -> [String: JSONValue] {
        guard let value, value != .null else { return [:] }
        guard let object = value.objectValue, object.count <= transientCountMax else {
            throw InvalidLedgerCall("\(place) must be an object of at most \(transientCountMax) members.")
        }
        return object
    }

    /// A text, or bytes as `{"base64": "…"}`.
    private static func bytes(_ value: JSONValue, _ place: String) throws(InvalidLedgerCall) -> Bytes {
        if let text = value.stringValue { return Bytes(text) }
        if let members = value.objectValue, members.count == 1, let text = members["base64"]?.stringValue,
            let bytes = Base64.decode(text)
        {
            return Bytes(bytes)
        }
        throw InvalidLedgerCall(
            "\(place) must be a text, or {\"base64\": \"…\"} for bytes. Write numbers and objects as text first, for example "
                + "as JSON.")
    }
}
