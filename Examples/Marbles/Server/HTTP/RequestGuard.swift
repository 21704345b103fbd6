internal import HTTPTypes
internal import HummingbirdCore

/// Keeps other people's pages away from this server.
///
/// A browser sends requests of any page to a port of this machine. The page's own name stands in `Host` (when its name was
/// pointed here) or in `Origin` (when it calls across), and both are looked at.
struct RequestGuard: Sendable {
    /// Names, in lower case, that the server is reached by besides this machine's own.
    let hostNames: Set<String>

    /// What is wrong with the request, in a sentence; nil if nothing is.
    func problem(with request: Request) -> String? {
        let host = request.head.authority ?? ""
        guard let name = Self.name(of: host), Self.isLoopback(name) || hostNames.contains(name) else {
            return
                "This server does not answer to \"\(host.prefix(100))\". Call it by localhost, or start it with --host-name."
        }
        if let origin = request.headers[.origin] {
            guard origin == "http://\(host)" || origin == "https://\(host)" else {
                return "A page of \"\(origin.prefix(100))\" may not call this server."
            }
        }
        if let site = request.headers[.fetchSite], site != "same-origin", site != "none", request.method != .get {
            return "A page of another site may not call this server."
        }
        return nil
    }

    /// Lower-case, without port and brackets; nil for what is no name with at most a port behind it.
    static func name(of host: String) -> String? {
        let lowered = host.lowercased()
        guard !lowered.isEmpty, lowered.utf8.count <= 300 else { return nil }
        let name: Substring
        var rest: Substring
        if lowered.hasPrefix("[") {
            guard let end = lowered.firstIndex(of: "]") else { return nil }
            name = lowered[lowered.index(after: lowered.startIndex)..<end]
            rest = lowered[lowered.index(after: end)...]
        } else {
            name = lowered.prefix { $0 != ":" }
            rest = lowered[name.endIndex...]
        }
        if rest.hasPrefix(":") {
            rest = rest.dropFirst()
            guard UInt16(rest) != nil else { return nil }
        } else if !rest.isEmpty {
            return nil
        }
        return name.isEmpty ? nil : String(name)
    }

    static func isLoopback(_ name: String) -> Bool {
        if name == "localhost" || name == "::1" || name.hasSuffix(".localhost") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension HTTPField.Name {
    fileprivate static let fetchSite = HTTPField.Name("sec-fetch-site")!
}
