/// The `Host` of a request: a name or address in lower case, and the port if one was given.
package struct RequestHost: Hashable, Sendable {
    /// Lower-case; an IPv6 address without its brackets.
    package let name: String
    package let port: Int?

    /// - Returns: nil when the text is no `host[:port]`.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 512 else { return nil }
        let lowered = text.lowercased()
        if lowered.hasPrefix("[") {
            guard let end = lowered.firstIndex(of: "]") else { return nil }
            name = String(lowered[lowered.index(after: lowered.startIndex)..<end])
            let rest = lowered[lowered.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.isEmpty ? nil : Int(rest.dropFirst())
            guard !name.isEmpty, rest.isEmpty || port != nil else { return nil }
            return
        }
        let parts = lowered.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var host = parts[0]
        if host.hasSuffix(".") { host = host.dropLast() }
        let isHostByte: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return nil }
        name = String(host)
        if parts.count == 2 {
            guard let port = Int(parts[1]), (0...65_535).contains(port) else { return nil }
            self.port = port
        } else {
            port = nil
        }
    }

    /// Whether the name can only mean this machine: a loopback address, `localhost`, or a name below it (RFC 6761).
    ///
    /// A page of somebody else's cannot make a browser send such a `Host` to us through its own DNS name.
    package var isLoopback: Bool {
        name == "localhost" || name.hasSuffix(".localhost") || name == "::1" || Self.isIPv4Loopback(name)
    }

    private static func isIPv4Loopback(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
