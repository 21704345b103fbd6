/// Makes keys of the bytes that a terminal sends.
///
/// Source: ECMA-48 control sequences as xterm sends them. Sequences that mean nothing here are passed over.
struct KeyReader {
    private enum State {
        case ground, escape
        /// After `ESC [` or `ESC O`, with the bytes since.
        case sequence([UInt8])
        /// Within a character of several bytes.
        case character([UInt8], missingCount: Int)
    }

    private static let sequenceByteCountMax = 16

    private var state = State.ground

    mutating func take(_ byte: UInt8) -> LineEditor.Key? {
        switch state {
        case .ground: return ground(byte)
        case .escape:
            state = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") ? .sequence([]) : .ground
            return byte == 0x7F ? .deleteWord : nil
        case .sequence(var bytes):
            bytes.append(byte)
            // A final byte ends the sequence, whatever it is.
            guard (0x40...0x7E).contains(byte) || bytes.count == Self.sequenceByteCountMax else {
                state = .sequence(bytes)
                return nil
            }
            state = .ground
            return Self.sequences[String(decoding: bytes, as: UTF8.self)]
        case .character(var bytes, let missingCount):
            guard byte & 0xC0 == 0x80 else {
                state = .ground
                return ground(byte)
            }
            bytes.append(byte)
            guard missingCount == 1 else {
                state = .character(bytes, missingCount: missingCount - 1)
                return nil
            }
            state = .ground
            return String(validating: bytes, as: UTF8.self)?.first.map { .text($0) }
        }
    }

    private static let sequences: [String: LineEditor.Key] = [
        "A": .up, "B": .down, "C": .right, "D": .left, "H": .start, "F": .end, "1~": .start, "7~": .start, "4~": .end,
        "8~": .end, "3~": .delete,
    ]

    private mutating func ground(_ byte: UInt8) -> LineEditor.Key? {
        switch byte {
        case 0x01: return .start
        case 0x02: return .left
        case 0x03: return .interrupt
        case 0x04: return .endOfInput
        case 0x05: return .end
        case 0x06: return .right
        case 0x08, 0x7F: return .backspace
        case 0x09: return .tab
        case 0x0A, 0x0D: return .enter
        case 0x0B: return .deleteToEnd
        case 0x0C: return .clearScreen
        case 0x0E: return .down
        case 0x10: return .up
        case 0x15: return .deleteToStart
        case 0x17: return .deleteWord
        case 0x1B:
            state = .escape
            return nil
        case 0x20..<0x7F: return .text(Character(Unicode.Scalar(byte)))
        case 0xC2..<0xE0: state = .character([byte], missingCount: 1)
        case 0xE0..<0xF0: state = .character([byte], missingCount: 2)
        case 0xF0..<0xF5: state = .character([byte], missingCount: 3)
        default: break
        }
        return nil
    }
}
