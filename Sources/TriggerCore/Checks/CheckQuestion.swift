package import FabricTypes
package import FunctionTypes

/// A proposal that a peer is about to simulate. Its signature and its creator's rights were checked.
package struct CheckQuestion: Sendable {
    /// The organisation of the peer that asks.
    package var organization: MSPID
    package var transactionID: String
    package var channel: String
    package var contract: String
    /// The function's name first.
    package var arguments: [Bytes]
    package var creator: Creator
    package var transient: [Bytes: Bytes]
    /// How many functions were asked on the way to this proposal.
    package var depth: Int
    /// W3C trace context of the proposal where its client gave one; valid.
    package var traceparent: String?

    /// Who signed the proposal.
    package struct Creator: Hashable, Sendable {
        package var mspID: String
        /// The certificate's common name.
        package var name: String
        /// PEM.
        package var certificate: String

        package init(mspID: String, name: String, certificate: String) {
            self.mspID = mspID
            self.name = name
            self.certificate = certificate
        }
    }

    package init(
        organization: MSPID, transactionID: String, channel: String, contract: String, arguments: [Bytes],
        creator: Creator, transient: [Bytes: Bytes] = [:], depth: Int = 0, traceparent: String? = nil
    ) {
        self.organization = organization
        self.transactionID = transactionID
        self.channel = channel
        self.contract = contract
        self.arguments = arguments
        self.creator = creator
        self.transient = transient
        self.depth = depth
        self.traceparent = traceparent
    }

    package var function: String { arguments.first?.lossyText ?? "" }

    /// The event that a check's function is asked with.
    package func event(showingTransientValues: Bool) -> JSONValue {
        func value(_ bytes: Bytes) -> JSONValue {
            if let text = bytes.utf8Text { return .string(text) }
            return ["base64": .string(Base64.encode(bytes.array))]
        }
        let keys = transient.keys.sorted()
        var members: [String: JSONValue] = [
            "type": "duet.endorsement", "transactionId": .string(transactionID), "channel": .string(channel),
            "contract": .string(contract), "function": .string(function),
            "args": .array(arguments.dropFirst().map(value)), "organization": .string(organization.rawValue),
            "creator": [
                "mspId": .string(creator.mspID), "name": .string(creator.name),
                "certificate": .string(creator.certificate),
            ],
            "transientKeys": .array(keys.map { .string($0.lossyText) }),
        ]
        if showingTransientValues {
            members["transient"] = .object(
                Dictionary(keys.map { ($0.lossyText, value(transient[$0] ?? Bytes())) }) { first, _ in first })
        }
        return .object(members)
    }

    /// The same for questions to which a check may give the same verdict without being asked.
    ///
    /// What the transient map shows to the function counts always: no verdict may stand for keys or values that it never saw.
    /// Values are in the digest alone.
    package func cacheKey(
        by parts: Set<EndorsementCheck.CachePart>, showingTransientValues: Bool
    ) -> Digest {
        var fields = [channel, contract, function, "\(transient.count)"].map { Bytes($0) }
        for key in transient.keys.sorted() {
            fields.append(key)
            if showingTransientValues { fields.append(transient[key] ?? Bytes()) }
        }
        if parts.contains(.creator) { fields += [Bytes(creator.mspID), Bytes(creator.certificate)] }
        if parts.contains(.arguments) { fields += arguments }
        return Digest(ofAll: fields.flatMap { [Bytes("\($0.count):"), $0] })
    }
}

/// What a check's function answered: `{"allow": true}`, or `{"allow": false, "message": "why"}`.
package enum CheckAnswer: Hashable, Sendable {
    case allow
    case refuse(String)

    package static let byteCountMax = 1 << 16
    package static let messageByteCountMax = 1_024

    /// - Throws: ``InvalidCheckAnswer`` for any other answer: no verdict was given.
    package init(_ answer: [UInt8]) throws(InvalidCheckAnswer) {
        guard answer.count <= Self.byteCountMax else {
            throw InvalidCheckAnswer(
                "it answered \(answer.count) bytes; a check's answer may have \(Self.byteCountMax)")
        }
        guard let members = (try? JSONValue(parsing: answer))?.objectValue, let isAllowed = members["allow"]?.boolValue
        else {
            throw InvalidCheckAnswer("it answered neither {\"allow\": true} nor {\"allow\": false, \"message\": \"…\"}")
        }
        self = isAllowed ? .allow : .refuse(Self.reason(members["message"] ?? .null))
    }

    private static func reason(_ message: JSONValue) -> String {
        guard message != .null, message != "" else { return "it gave no reason" }
        guard let text = message.stringValue else { return "its \"message\" was no text" }
        guard text.utf8.count > messageByteCountMax else { return text }
        let mark = "…"
        var room = messageByteCountMax - mark.utf8.count
        // By scalars: one character may be made of any number.
        let kept = text.unicodeScalars.prefix { scalar in
            room -= UTF8.width(scalar)
            return room >= 0
        }
        return String(kept) + mark
    }
}

/// Why an answer is no verdict.
package struct InvalidCheckAnswer: Error, Hashable, Sendable, CustomStringConvertible {
    /// Without a full stop.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
