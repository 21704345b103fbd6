internal import FabricTypes

/// Which names the certificates below an authority may carry.
///
/// Follows Go's reading of RFC 5280, section 4.2.1.10: a domain constraint with a leading dot wants at least one more
/// label, for DNS names too; kinds of names without a constraint are free.
package struct NameConstraints: Hashable, Sendable {
    private(set) var permitted: [GeneralName] = []
    private(set) var excluded: [GeneralName] = []
    /// A constraint on a kind of name that is not looked at, such as a directory name.
    private(set) var hasUnhandledName = false

    init(_ value: Bytes) throws(DERError) {
        var outer = DERReader(value)
        var reader = DERReader(try outer.read(.sequence))
        let permittedSubtrees = try reader.readIfPresent(.constructed(0))
        let excludedSubtrees = try reader.readIfPresent(.constructed(1))
        guard outer.isAtEnd, reader.isAtEnd, permittedSubtrees != nil || excludedSubtrees != nil,
            permittedSubtrees?.isEmpty != true, excludedSubtrees?.isEmpty != true
        else { throw DERError(.invalidValue, offset: 0) }
        if let permittedSubtrees { permitted = try subtrees(permittedSubtrees) }
        if let excludedSubtrees { excluded = try subtrees(excludedSubtrees) }
    }

    private mutating func subtrees(_ content: Bytes) throws(DERError) -> [GeneralName] {
        var reader = DERReader(content)
        var names: [GeneralName] = []
        while !reader.isAtEnd {
            var subtree = DERReader(try reader.read(.sequence))
            if let name = try Self.constraint(try subtree.read()) {
                names.append(name)
            } else {
                hasUnhandledName = true
            }
        }
        return names
    }

    private static func constraint(_ element: DERElement) throws(DERError) -> GeneralName? {
        let value = element.content
        switch DERTag(rawValue: element.tag) {
        case .contextSpecific(1):
            let text = try GeneralName.ia5Text(value, at: 0)
            let isValid = text.contains(UInt8(ascii: "@")) ? Mailbox(text) != nil : isDomainConstraint(text)
            guard isValid else { throw DERError(.invalidValue, offset: 0) }
            return .email(text)
        case .contextSpecific(2):
            let text = try GeneralName.ia5Text(value, at: 0)
            guard isDomainConstraint(text) else { throw DERError(.invalidValue, offset: 0) }
            return .dns(text)
        case .contextSpecific(6):
            let text = try GeneralName.ia5Text(value, at: 0)
            guard isDomainConstraint(text), !URIHost.isIPAddress(text) else { throw DERError(.invalidValue, offset: 0) }
            return .uri(text)
        case .contextSpecific(7):
            guard value.count == 8 || value.count == 32, isMask(value[(value.count / 2)..<value.count]) else {
                throw DERError(.invalidValue, offset: 0)
            }
            return .ipAddress(value)
        default:
            return nil
        }
    }

    private static func isDomainConstraint(_ text: Bytes) -> Bool {
        let domain = text.first == UInt8(ascii: ".") ? text[1..<text.count] : text
        return text.isEmpty || DomainName(domain) != nil
    }

    /// Whether the bits are ones followed by zeros.
    private static func isMask(_ mask: Bytes) -> Bool {
        var mayHaveOnes = true
        for byte in mask {
            let oneCount = (~byte).leadingZeroBitCount
            guard byte.nonzeroBitCount == oneCount, mayHaveOnes || oneCount == 0 else { return false }
            mayHaveOnes = oneCount == 8
        }
        return true
    }

    // MARK: - Judging names

    /// Whether a certificate below may carry all of these names.
    func allows(_ names: [GeneralName]) -> Bool {
        // Pathological lists are refused before they cost time: Go's bound.
        guard names.count * (permitted.count + excluded.count) <= 250_000 else { return false }
        return names.allSatisfy(allows)
    }

    /// A name that cannot be understood is refused where a constraint on its kind exists.
    private func allows(_ name: GeneralName) -> Bool {
        guard Self.isUnderstood(name) else { return false }
        for constraint in excluded where constraint.isSameKind(as: name) {
            if Self.matches(name, constraint) != false { return false }
        }
        let relevant = permitted.filter { $0.isSameKind(as: name) }
        return relevant.isEmpty || relevant.contains { Self.matches(name, $0) == true }
    }

    /// Email addresses and domain names must be well-formed as soon as an authority has any constraint at all.
    private static func isUnderstood(_ name: GeneralName) -> Bool {
        switch name {
        case .email(let text): Mailbox(text) != nil
        case .dns(let text): DomainName(text) != nil
        case .uri, .ipAddress: true
        }
    }

    /// Nil if the name cannot be compared.
    private static func matches(_ name: GeneralName, _ constraint: GeneralName) -> Bool? {
        switch (name, constraint) {
        case (.email(let text), .email(let constraint)):
            guard let mailbox = Mailbox(text) else { return nil }
            guard constraint.contains(UInt8(ascii: "@")) else { return matches(domain: mailbox.domain, constraint) }
            guard let wanted = Mailbox(constraint) else { return nil }
            return mailbox.local == wanted.local && mailbox.domain.lowercasedASCII == wanted.domain.lowercasedASCII
        case (.dns(let text), .dns(let constraint)):
            return matches(domain: text, constraint)
        case (.uri(let text), .uri(let constraint)):
            guard let host = URIHost(text)?.text else { return nil }
            return matches(domain: host, constraint)
        case (.ipAddress(let address), .ipAddress(let constraint)):
            let middle = constraint.count / 2
            guard address.count == middle else { return false }
            return address.indices.allSatisfy {
                address[$0] & constraint[middle + $0] == constraint[$0] & constraint[middle + $0]
            }
        default:
            return false
        }
    }

    private static func matches(domain: Bytes, _ constraint: Bytes) -> Bool? {
        if constraint.isEmpty { return true }
        let needsMoreLabels = constraint[0] == UInt8(ascii: ".")
        guard let labels = DomainName(domain)?.labels,
            let wanted = DomainName(needsMoreLabels ? constraint[1..<constraint.count] : constraint)?.labels
        else { return nil }
        guard labels.count >= wanted.count, !needsMoreLabels || labels.count > wanted.count else { return false }
        return zip(labels.reversed(), wanted.reversed()).allSatisfy { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension GeneralName {
    fileprivate func isSameKind(as other: GeneralName) -> Bool {
        switch (self, other) {
        case (.email, .email), (.dns, .dns), (.uri, .uri), (.ipAddress, .ipAddress): true
        default: false
        }
    }
}
