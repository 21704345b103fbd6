package import FabricTypes

/// A name with `*` for any run of characters: `transfer*`. Compared bytewise.
package struct NamePattern: Hashable, Sendable, CustomStringConvertible {
    package static let byteCountMax = 1024
    package let description: String
    private let parts: [Bytes]

    /// Nil for an empty or overlong pattern.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.byteCountMax else { return nil }
        description = text
        parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map { Bytes($0) }
    }

    package func matches(_ name: Bytes) -> Bool {
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return parts.first == name }
        guard name.count >= first.count + last.count, name.prefix(first.count) == first,
            name.suffix(last.count) == last
        else { return false }
        // Between the fixed ends each part is taken where it stands first, which leaves the most to the rest.
        var rest = name[first.count..<(name.count - last.count)]
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let end = Self.end(of: part, in: rest) else { return false }
            rest = rest[end..<rest.count]
        }
        return true
    }

    package func matches(_ text: String) -> Bool { matches(Bytes(text)) }

    private static func end(of part: Bytes, in bytes: Bytes) -> Int? {
        guard bytes.count >= part.count else { return nil }
        for start in 0...(bytes.count - part.count) where bytes[start..<(start + part.count)] == part {
            return start + part.count
        }
        return nil
    }
}
