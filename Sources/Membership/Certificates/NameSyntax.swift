internal import FabricTypes

/// A domain name split into labels of visible ASCII characters. The empty name has none.
struct DomainName {
    let labels: [Bytes]

    init?(_ text: Bytes) {
        guard !text.isEmpty else {
            labels = []
            return
        }
        labels = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Bytes($0) }
        guard labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (33...126).contains($0) } }) else { return nil }
    }
}

/// An email address split at its `@`. Source: RFC 2821, section 4.1.2, as loosened by RFC 3696, section 3.
struct Mailbox {
    let local: Bytes
    let domain: Bytes

    init?(_ text: Bytes) {
        var rest = text
        let parsed = text.first == UInt8(ascii: "\"") ? Self.quoted(&rest) : Self.dotted(&rest)
        guard let parsed, rest.first == UInt8(ascii: "@"), DomainName(rest[1..<rest.count]) != nil else { return nil }
        local = parsed
        domain = rest[1..<rest.count]
    }

    private static func quoted(_ rest: inout Bytes) -> Bytes? {
        var local: [UInt8] = []
        var index = 1
        while index < rest.count {
            var character = rest[index]
            index += 1
            if character == UInt8(ascii: "\"") {
                rest = rest[index..<rest.count]
                return Bytes(local)
            }
            if character == UInt8(ascii: "\\") {
                guard index < rest.count else { return nil }
                character = rest[index]
                index += 1
            } else if character == 9 {
                return nil
            }
            guard (1...9).contains(character) || (11...12).contains(character) || (14...127).contains(character) else {
                return nil
            }
            local.append(character)
        }
        return nil
    }

    private static func dotted(_ rest: inout Bytes) -> Bytes? {
        var local: [UInt8] = []
        var index = 0
        while index < rest.count {
            if rest[index] == UInt8(ascii: "\\") {
                index += 1
                guard index < rest.count else { return nil }
            } else if !isAtomCharacter(rest[index]) {
                break
            }
            local.append(rest[index])
            index += 1
        }
        let dot = UInt8(ascii: ".")
        guard let first = local.first, first != dot, local.last != dot,
            !zip(local, local.dropFirst()).contains(where: { $0 == dot && $1 == dot })
        else { return nil }
        rest = rest[index..<rest.count]
        return Bytes(local)
    }

    private static let punctuation = Set("!#$%&'*+-/=?^_`{|}~.".utf8)

    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: punctuation.contains(byte)
        }
    }
}

/// The host of a URI, if it has one that is a name. Source: RFC 3986, section 3.2.
struct URIHost {
    let text: Bytes

    init?(_ uri: Bytes) {
        guard let text = uri.utf8Text, let start = text.firstRange(of: "//")?.upperBound else { return nil }
        let authority = text[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let name = host.prefix { $0 != ":" }
        guard !name.isEmpty, !host.hasPrefix("["), !Self.isIPAddress(Bytes(String(name))) else { return nil }
        self.text = Bytes(String(name))
    }

    /// Whether the text is an address of four decimal numbers, or has a colon as only IPv6 addresses have.
    static func isIPAddress(_ text: Bytes) -> Bool {
        if text.contains(UInt8(ascii: ":")) { return true }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy { (0x30...0x39).contains($0) }
            }
    }
}

/// Whether a common name looks like the name of a host, by the rules of Go 1.14.
enum LegacyHostName {
    static func isValid(_ name: Bytes) -> Bool {
        let text = name.last == UInt8(ascii: ".") ? name[0..<(name.count - 1)] : name
        guard !text.isEmpty else { return false }
        let labels = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Bytes($0) }
        return labels.enumerated().allSatisfy { index, label in
            index == 0 && label == [UInt8(ascii: "*")] || isLabel(label)
        }
    }

    private static func isLabel(_ label: Bytes) -> Bool {
        !label.isEmpty
            && label.enumerated().allSatisfy { index, byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
                    true
                case UInt8(ascii: "-"): index != 0
                default: false
                }
            }
    }
}

extension Bytes {
    /// ASCII capitals made small, everything else as it is.
    var lowercasedASCII: Bytes {
        Bytes(map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 })
    }
}
