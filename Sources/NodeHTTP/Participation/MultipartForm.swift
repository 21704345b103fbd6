internal import FabricTypes

/// The parts of a `multipart/form-data` body. Source: RFC 7578, RFC 2046 section 5.1.
struct MultipartForm {
    struct Part: Hashable {
        let name: String
        /// Whether the part names a file; others are plain values.
        let isFile: Bool
        let content: Bytes
    }

    /// The body is not of this form.
    struct Malformed: Error {}

    /// Beyond what any form of ours has.
    static let partCountMax = 16

    let parts: [Part]

    init(_ body: Bytes, boundary: String) throws(Malformed) {
        guard !boundary.isEmpty, boundary.utf8.count <= 70 else { throw Malformed() }
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [Part] = []
        // What stands before the first delimiter does not count.
        guard var position = Self.line(of: delimiter, in: body, from: 0)?.upperBound else { throw Malformed() }
        while !Self.hasPrefix("--", body, at: position) {
            guard parts.count < Self.partCountMax, let start = Self.lineEnd(body, at: position) else {
                throw Malformed()
            }
            guard let next = Self.line(of: delimiter, in: body, from: start) else { throw Malformed() }
            // The line break before a delimiter is part of the delimiter.
            guard next.lowerBound >= start + 2, Self.hasPrefix("\r\n", body, at: next.lowerBound - 2) else {
                throw Malformed()
            }
            parts.append(try Self.part(body[start..<(next.lowerBound - 2)]))
            position = next.upperBound
        }
        self.parts = parts
    }

    /// The value of a parameter in a header such as `form-data; name="x"`.
    static func parameter(_ name: String, of header: String) -> String? {
        for item in header.split(separator: ";").dropFirst() {
            let pair = item.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, trimmed(pair[0]).lowercased() == name else { continue }
            let value = trimmed(pair[1])
            return value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
                ? String(value.dropFirst().dropLast()) : value
        }
        return nil
    }

    private static func part(_ bytes: Bytes) throws(Malformed) -> Part {
        var position = 0
        var disposition = ""
        while !hasPrefix("\r\n", bytes, at: position) {
            guard let end = lineEnd(bytes, at: position) else { throw Malformed() }
            let line = bytes[position..<(end - 2)].lossyText
            let field = line.split(separator: ":", maxSplits: 1)
            if field.count == 2, field[0].lowercased() == "content-disposition" { disposition = String(field[1]) }
            position = end
        }
        guard let name = parameter("name", of: disposition) else { throw Malformed() }
        return Part(
            name: name, isFile: parameter("filename", of: disposition) != nil, content: bytes[(position + 2)...])
    }

    /// Where a delimiter stands at the beginning of a line.
    private static func line(of delimiter: [UInt8], in bytes: Bytes, from start: Int) -> Range<Int>? {
        var position = start
        while position + delimiter.count <= bytes.count {
            if bytes[position..<(position + delimiter.count)].elementsEqual(delimiter) {
                return position..<(position + delimiter.count)
            }
            guard let end = lineEnd(bytes, at: position) else { return nil }
            position = end
        }
        return nil
    }

    /// The position behind the next line break.
    private static func lineEnd(_ bytes: Bytes, at position: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            var index = position
            while index + 1 < buffer.count {
                if buffer[index] == UInt8(ascii: "\r"), buffer[index + 1] == UInt8(ascii: "\n") { return index + 2 }
                index += 1
            }
            return nil
        }
    }

    private static func hasPrefix(_ text: String, _ bytes: Bytes, at position: Int) -> Bool {
        let utf8 = Array(text.utf8)
        guard position >= 0, position + utf8.count <= bytes.count else { return false }
        return bytes[position..<(position + utf8.count)].elementsEqual(utf8)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
