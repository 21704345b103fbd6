package import FabricTypes

/// One block of the text form in which certificates and keys are kept.
///
/// Read with the tolerance of Go's `encoding/pem`: text around the block, headers, spaces, CR LF line ends; a damaged
/// block is passed over for the next one. Source: RFC 7468.
package struct PEMBlock: Hashable, Sendable {
    /// The words between `BEGIN` and the dashes: `CERTIFICATE`.
    package let label: Bytes
    package let content: Bytes

    package init(label: String, content: Bytes) {
        self.label = Bytes(label)
        self.content = content
    }

    private init(label: Bytes, content: Bytes) {
        self.label = label
        self.content = content
    }

    private static let begin = Bytes("-----BEGIN ")
    private static let end = Bytes("\n-----END ")
    private static let dashes = Bytes("-----")

    /// The first readable block of a text; nil if there is none.
    ///
    /// Looks for an END and from there back for its BEGIN, so that the work stays linear in the text however many lines
    /// of either kind it has.
    package static func first(in text: Bytes) -> PEMBlock? {
        var searchStart = 0
        while let endStart = text.firstOffset(of: end, from: searchStart) {
            let labelStart = endStart + end.count
            let begin = text.lastOffset(of: begin, in: searchStart..<endStart)
            if let begin, begin == searchStart || text[begin - 1] == UInt8(ascii: "\n") {
                let content = text[(begin + Self.begin.count)..<text.count]
                if let found = block(content, endStart: endStart - begin - Self.begin.count) { return found }
            }
            searchStart = labelStart
        }
        return nil
    }

    /// The block as text: lines of 64 characters, each ended by a line feed.
    package var text: Bytes {
        var text: [UInt8] = []
        text.append(contentsOf: "-----BEGIN ".utf8)
        text.append(contentsOf: label)
        text.append(contentsOf: "-----\n".utf8)
        let encoded = Base64.encode(content)
        for lineStart in stride(from: 0, to: encoded.count, by: 64) {
            text.append(contentsOf: encoded[lineStart..<min(lineStart + 64, encoded.count)])
            text.append(UInt8(ascii: "\n"))
        }
        text.append(contentsOf: "-----END ".utf8)
        text.append(contentsOf: label)
        text.append(contentsOf: "-----\n".utf8)
        return Bytes(text)
    }

    /// Reads a block from behind its `BEGIN `; `endStart` is the offset of the line feed before its END.
    private static func block(_ text: Bytes, endStart: Int) -> PEMBlock? {
        let (labelLine, bodyStart) = line(of: text, from: 0)
        guard labelLine.hasSuffix(dashes) else { return nil }
        let label = labelLine[0..<(labelLine.count - dashes.count)]

        var contentStart = bodyStart
        while true {
            // Only an empty block without headers may have its END on the very next line.
            guard contentStart < text.count, contentStart <= endStart || contentStart == bodyStart else { return nil }
            let (header, next) = line(of: text, from: contentStart)
            guard header.contains(UInt8(ascii: ":")) else { break }
            contentStart = next
        }
        let trailerStart = endStart + end.count
        let trailerEnd = trailerStart + label.count + dashes.count
        guard trailerEnd <= text.count, text[trailerStart..<(trailerStart + label.count)] == label,
            text[(trailerStart + label.count)..<trailerEnd] == dashes
        else { return nil }
        let (afterDashes, _) = line(of: text, from: trailerEnd)
        guard afterDashes.isEmpty, let content = Base64.decode(text[contentStart..<max(contentStart, endStart)]) else {
            return nil
        }
        return PEMBlock(label: label, content: content)
    }

    /// The line that begins at `start`, without its end and trailing blanks, and the offset of the next one.
    private static func line(of text: Bytes, from start: Int) -> (line: Bytes, next: Int) {
        let newline = text[start..<text.count].firstIndex(of: UInt8(ascii: "\n")).map { start + $0 }
        var lineEnd = newline ?? text.count
        if newline != nil, lineEnd > start, text[lineEnd - 1] == UInt8(ascii: "\r") { lineEnd -= 1 }
        while lineEnd > start, text[lineEnd - 1] == UInt8(ascii: " ") || text[lineEnd - 1] == UInt8(ascii: "\t") {
            lineEnd -= 1
        }
        return (text[start..<lineEnd], newline.map { $0 + 1 } ?? text.count)
    }
}

extension Bytes {
    fileprivate func hasSuffix(_ suffix: Bytes) -> Bool {
        count >= suffix.count && self[(count - suffix.count)..<count] == suffix
    }

    fileprivate func firstOffset(of pattern: Bytes, from start: Int) -> Int? {
        withUnsafeBytes { bytes in
            pattern.withUnsafeBytes { pattern in
                guard bytes.count - start >= pattern.count else { return nil }
                return (start...(bytes.count - pattern.count)).first { bytes.has(pattern, at: $0) }
            }
        }
    }

    /// The offset of the last occurrence that lies within `range`.
    fileprivate func lastOffset(of pattern: Bytes, in range: Range<Int>) -> Int? {
        withUnsafeBytes { bytes in
            pattern.withUnsafeBytes { pattern in
                guard range.count >= pattern.count else { return nil }
                return (range.lowerBound...(range.upperBound - pattern.count)).last { bytes.has(pattern, at: $0) }
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func has(_ pattern: UnsafeRawBufferPointer, at start: Int) -> Bool {
        self[start] == pattern[0] && self[start..<(start + pattern.count)].elementsEqual(pattern)
    }
}
