internal import FabricTypes

/// Reads a policy text by recursive descent, without backtracking.
struct SignaturePolicyParser {
    private let text: String
    private let bytes: [UInt8]
    private var position = 0
    private var identities: [MSPPrincipal] = []

    init(_ text: String) {
        self.text = text
        self.bytes = Array(text.utf8)
    }

    mutating func parse() throws(InvalidPolicyText) -> SignaturePolicyEnvelope {
        skipSpace()
        guard position < bytes.count else { throw refuse("it is empty") }
        let rule = try gate(depth: 1)
        skipSpace()
        guard position == bytes.count else { throw refuse("nothing may follow the policy") }
        return SignaturePolicyEnvelope(rule: rule, identities: identities)
    }

    private mutating func gate(depth: Int) throws(InvalidPolicyText) -> SignaturePolicy {
        guard depth <= SignaturePolicyText.nestingMax else {
            throw refuse("gates stand deeper than \(SignaturePolicyText.nestingMax) within each other")
        }
        let start = position
        while position < bytes.count, Self.isLetter(bytes[position]) { position += 1 }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        let kind = name.lowercased()
        guard ["and", "or", "outof"].contains(kind), [kind, kind.uppercased(), Self.mixed[kind]].contains(name) else {
            let alternative = depth > 1 ? ", or a principal in quotes" : ""
            throw refuse(at: start, "a gate must stand here, AND(…), OR(…) or OutOf(n, …)\(alternative)")
        }
        try expect("(", "after \(name) an opening parenthesis must follow")
        var threshold: (value: Int, offset: Int)?
        if kind == "outof" {
            threshold = try number()
            try expect(",", "after the number a comma and the rules must follow")
        }
        let rules = try self.rules(depth: depth)
        let count = threshold?.value ?? (kind == "and" ? rules.count : 1)
        if let threshold, threshold.value > rules.count + 1 {
            throw refuse(
                at: threshold.offset,
                "\(threshold.value) is too much: with \(rules.count) rules at most \(rules.count + 1)")
        }
        return .nOutOf(Int32(clamping: count), rules)
    }

    private static let mixed = ["and": "And", "or": "Or", "outof": "OutOf"]

    /// The rules of a gate up to and with its closing parenthesis.
    private mutating func rules(depth: Int) throws(InvalidPolicyText) -> [SignaturePolicy] {
        var rules: [SignaturePolicy] = []
        while true {
            skipSpace()
            if position < bytes.count, Self.isQuote(bytes[position]) {
                rules.append(try leaf())
            } else if position < bytes.count, Self.isLetter(bytes[position]) {
                rules.append(try gate(depth: depth + 1))
            } else {
                throw refuse("a rule must stand here: a gate, or a quoted principal such as 'Org1MSP.peer'")
            }
            skipSpace()
            guard position < bytes.count else { throw refuse("a closing parenthesis is missing") }
            switch bytes[position] {
            case UInt8(ascii: ","):
                position += 1
            case UInt8(ascii: ")"):
                position += 1
                return rules
            default:
                throw refuse("a comma or a closing parenthesis must stand here")
            }
        }
    }

    private mutating func leaf() throws(InvalidPolicyText) -> SignaturePolicy {
        let start = position + 1
        let content = try quoted()
        guard let dot = content.lastIndex(of: UInt8(ascii: ".")), dot > content.startIndex else {
            throw refuse(at: start, "a principal is an MSP ID, a dot and a role")
        }
        let word = String(decoding: content[(dot + 1)...], as: UTF8.self)
        guard let role = MSPRole.Role.allCases.first(where: { $0.text == word }) else {
            throw refuse(at: dot + 1, "\"\(word)\" is none of the roles admin, member, client, peer and orderer")
        }
        let name = content[..<dot]
        if let offset = name.firstIndex(where: { !Self.isNameByte($0) }) {
            throw refuse(at: offset, "in an MSP ID only letters, digits, \".\" and \"-\" may stand")
        }
        identities.append(MSPPrincipal(MSPRole(role, of: MSPID(unchecked: Bytes(name)))))
        return .signedBy(Int32(clamping: identities.count - 1))
    }

    /// What stands between two quotes of the same kind; positions are those in the text.
    private mutating func quoted() throws(InvalidPolicyText) -> ArraySlice<UInt8> {
        let quote = bytes[position]
        let start = position + 1
        guard let end = bytes[start...].firstIndex(of: quote) else { throw refuse("the closing quote is missing") }
        position = end + 1
        return bytes[start..<end]
    }

    /// The number of an `OutOf`, which Fabric also takes in quotes.
    private mutating func number() throws(InvalidPolicyText) -> (value: Int, offset: Int) {
        skipSpace()
        var start = position
        var digits: ArraySlice<UInt8>
        if position < bytes.count, Self.isQuote(bytes[position]) {
            start = position + 1
            digits = try quoted()
        } else {
            while position < bytes.count, Self.isDigit(bytes[position]) { position += 1 }
            digits = bytes[start..<position]
        }
        // Six digits are more than any text has room for rules.
        guard !digits.isEmpty, digits.count <= 6, digits.allSatisfy(Self.isDigit) else {
            throw refuse(at: start, "OutOf needs a number first, from 0 to one more than the rules")
        }
        return (digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }, start)
    }

    private mutating func expect(_ character: Unicode.Scalar, _ reason: String) throws(InvalidPolicyText) {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { throw refuse(reason) }
        position += 1
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private func refuse(at offset: Int? = nil, _ reason: String) -> InvalidPolicyText {
        InvalidPolicyText(text: text, utf8Offset: offset ?? position, reason: reason)
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"")
    }
}
