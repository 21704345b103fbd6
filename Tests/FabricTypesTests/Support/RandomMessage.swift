import FabricTypes
import GoldenLedger

/// Makes random encodings of a message from its definition: valid ones, but in any form that decoders must accept.
struct RandomMessage {
    let schema: ProtoSchema
    var generator: SeededGenerator

    init(schema: ProtoSchema = .fabric, seed: UInt64) {
        self.schema = schema
        self.generator = SeededGenerator(seed: seed)
    }

    /// A valid encoding. Fields come in any order, single fields more than once, unknown fields among them, numbers
    /// sometimes longer than need be, and scalars sometimes with a wire type that makes them unknown.
    mutating func encoding(of message: String, depth: Int = 0) -> [UInt8] {
        var fields: [[UInt8]] = []
        for field in schema.messages[message] ?? [] {
            for _ in 0..<occurrences(field, depth: depth) {
                fields.append(chance(3) ? unknownField(field.number) : occurrence(field, depth: depth))
            }
        }
        if chance(10) {
            fields.append(unknownField(Int.random(in: 100...536_870_911, using: &generator)))
        }
        if chance(40) { fields.shuffle(using: &generator) }
        return fields.flatMap { $0 }
    }

    private mutating func occurrences(_ field: ProtoSchema.Field, depth: Int) -> Int {
        let isNesting =
            switch field.kind {
            case .message, .map: true
            default: false
            }
        if isNesting, depth > 4 { return chance(10) && depth < 8 ? 1 : 0 }
        if case .map = field.kind { return Int.random(in: 0...3, using: &generator) }
        if field.isRepeated { return Int.random(in: 0...3, using: &generator) }
        return chance(30) ? 0 : chance(10) ? 2 : 1
    }

    private mutating func occurrence(_ field: ProtoSchema.Field, depth: Int) -> [UInt8] {
        if field.isRepeated, field.kind == .varint, chance(50) {
            // Repeated numbers may come packed.
            let values = (0..<Int.random(in: 0...3, using: &generator)).flatMap { _ in varint(number()) }
            return tag(field.number, wireType: 2) + varint(UInt64(values.count)) + values
        }
        return encoded(field.number, field.kind, depth: depth)
    }

    private mutating func encoded(_ fieldNumber: Int, _ kind: ProtoSchema.Kind, depth: Int) -> [UInt8] {
        let content: [UInt8]
        switch kind {
        case .varint:
            return tag(fieldNumber, wireType: 0) + varint(number())
        case .string, .stateKey:
            content = Array(text().utf8)
        case .bytes:
            content = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        case .message(let name):
            content = encoding(of: name, depth: depth + 1)
        case .map(let key, let value):
            var parts: [[UInt8]] = []
            if !chance(5) { parts.append(encoded(1, key, depth: depth)) }
            if !chance(5) { parts.append(encoded(2, value, depth: depth)) }
            if chance(5) { parts.append(unknownField(7)) }
            if chance(10) { parts.reverse() }
            content = parts.flatMap { $0 }
        }
        return tag(fieldNumber, wireType: 2) + varint(UInt64(content.count)) + content
    }

    /// A field of any wire type: unknown by its number, or by a wire type that its number does not have.
    private mutating func unknownField(_ fieldNumber: Int) -> [UInt8] {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
            return tag(fieldNumber, wireType: 1) + [1, 2, 3, 4, 5, 6, 7, 8]
        case 1:
            return tag(fieldNumber, wireType: 5) + [1, 2, 3, 4]
        case 2:
            return tag(fieldNumber, wireType: 3) + tag(1, wireType: 0) + varint(number())
                + tag(2, wireType: 3) + tag(2, wireType: 4) + tag(fieldNumber, wireType: 4)
        default:
            // Only a high number is unknown with this wire type, which some known field might have.
            return tag(fieldNumber < 100 ? fieldNumber + 100 : fieldNumber, wireType: 0) + varint(number())
        }
    }

    private mutating func number() -> UInt64 {
        let edges: [UInt64] = [
            0, 1, 2, 127, 128, 200, 255, 256, 1 << 31 - 1, 1 << 31, 1 << 32 - 1, 1 << 32, .max - 1, .max,
        ]
        return chance(50) ? UInt64.random(in: 0...5, using: &generator) : edges.randomElement(using: &generator) ?? 0
    }

    private mutating func text() -> String {
        let texts = [
            "", "a", "b", "trade", "Org1MSP", "mychannel", "/Channel/Application/Endorsement", "\u{0}asset\u{0}1\u{0}",
            "\u{10FFFF}", "Märkte", "账本", String(repeating: "x", count: 200),
        ]
        return texts.randomElement(using: &generator) ?? ""
    }

    private mutating func tag(_ fieldNumber: Int, wireType: UInt64) -> [UInt8] {
        // Up to five bytes, which is what generated code takes; Go takes ten.
        varint(UInt64(fieldNumber) << 3 | wireType, byteCountMax: 5)
    }

    private mutating func varint(_ value: UInt64, byteCountMax: Int = 10) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        while bytes.count < byteCountMax, chance(2) {
            bytes[bytes.count - 1] |= 0x80
            bytes.append(0)
        }
        return bytes
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }
}
