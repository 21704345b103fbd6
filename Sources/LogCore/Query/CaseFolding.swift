/// Folding for comparisons without case: each character's lower-case form (Unicode's full mapping, no locale).
///
/// Index and matcher share it; a change needs every index written again.
package enum CaseFolding {
    package static func fold(_ text: String) -> [UInt8] {
        fold(Array(text.utf8))
    }

    package static func fold(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { text in
            var folded: [UInt8] = []
            fold(text, into: &folded)
            return folded
        }
    }

    /// Appends the folded bytes of valid UTF-8.
    static func fold(_ text: UnsafeBufferPointer<UInt8>, into folded: inout [UInt8]) {
        folded.reserveCapacity(folded.count + text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                folded.append(ASCII.lowercased(byte))
                index += 1
                continue
            }
            let length = min(byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2, text.count - index)
            let character = UnsafeBufferPointer(rebasing: text[index..<(index + length)])
            // CJK, kana and Hangul have no case; asking Unicode's tables for each of them would dominate.
            if byte >= 0xE3 && byte <= 0xE9 {
                folded.append(contentsOf: character)
            } else {
                for scalar in String(decoding: character, as: UTF8.self).unicodeScalars {
                    folded.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
                }
            }
            index += length
        }
    }
}
