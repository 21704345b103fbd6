/// Unpacks what was packed by the method "deflate".
///
/// A function's source is a few kilobytes: bit by bit is fast enough, and spares a library.
/// Source: RFC 1951.
struct Inflation {
    private struct Damaged: Error {}

    /// Codes of one alphabet by their lengths, as section 3.2.2 orders them.
    private struct Codes {
        static let bitCountMax = 15
        /// How many codes there are of each length.
        private var counts = [Int](repeating: 0, count: bitCountMax + 1)
        private var symbols: [Int] = []

        /// - Parameter lengths: bits of each symbol's code; 0 for one that does not occur.
        init(lengths: [Int]) {
            for length in lengths where length > 0 { counts[length] += 1 }
            symbols = lengths.indices.filter { lengths[$0] > 0 }.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
        }

        func next(from bits: inout Inflation) throws -> Int {
            var (code, first, index) = (0, 0, 0)
            for length in 1...Self.bitCountMax {
                code |= try bits.bit()
                let count = counts[length]
                if code - first < count { return symbols[index + code - first] }
                index += count
                first = (first + count) << 1
                code <<= 1
            }
            throw Damaged()
        }
    }

    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
        8193, 12289, 16385, 24577,
    ]
    /// The order in which lengths of the codes for lengths are told.
    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let endSymbol = 256

    private let input: ArraySlice<UInt8>
    private var bitIndex = 0
    private var output: [UInt8] = []
    private let byteCount: Int

    private init(input: ArraySlice<UInt8>, byteCount: Int) {
        self.input = input
        self.byteCount = byteCount
    }

    /// - Parameter byteCount: of the content; what comes out longer or shorter is damaged.
    /// - Returns: nil for damaged input, whatever it is.
    static func content(of packed: ArraySlice<UInt8>, byteCount: Int) -> [UInt8]? {
        var inflation = Inflation(input: packed, byteCount: byteCount)
        guard (try? inflation.run()) != nil, inflation.output.count == byteCount else { return nil }
        return inflation.output
    }

    private mutating func run() throws {
        var isLast = false
        while !isLast {
            isLast = try bit() == 1
            switch try number(bitCount: 2) {
            case 0: try copyStored()
            case 1: try copy(.init(lengths: Self.fixedLengths), .init(lengths: [Int](repeating: 5, count: 30)))
            case 2:
                let (literals, distances) = try readCodes()
                try copy(literals, distances)
            default: throw Damaged()
            }
        }
    }

    private static let fixedLengths =
        [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
        + [Int](repeating: 8, count: 8)

    private mutating func copyStored() throws {
        bitIndex = (bitIndex + 7) / 8 * 8
        let length = try number(bitCount: 16)
        guard try number(bitCount: 16) == ~length & 0xFFFF else { throw Damaged() }
        for _ in 0..<length { try write(UInt8(try number(bitCount: 8))) }
    }

    private mutating func readCodes() throws -> (Codes, Codes) {
        let literalCount = try number(bitCount: 5) + 257
        let distanceCount = try number(bitCount: 5) + 1
        let orderCount = try number(bitCount: 4) + 4
        var lengthLengths = [Int](repeating: 0, count: Self.lengthOrder.count)
        for place in Self.lengthOrder.prefix(orderCount) { lengthLengths[place] = try number(bitCount: 3) }
        let codes = Codes(lengths: lengthLengths)
        var lengths: [Int] = []
        while lengths.count < literalCount + distanceCount {
            switch try codes.next(from: &self) {
            case let length where length < 16: lengths.append(length)
            case 16:
                guard let last = lengths.last else { throw Damaged() }
                lengths += [Int](repeating: last, count: try number(bitCount: 2) + 3)
            case 17: lengths += [Int](repeating: 0, count: try number(bitCount: 3) + 3)
            default: lengths += [Int](repeating: 0, count: try number(bitCount: 7) + 11)
            }
        }
        guard lengths.count == literalCount + distanceCount else { throw Damaged() }
        return (Codes(lengths: Array(lengths[..<literalCount])), Codes(lengths: Array(lengths[literalCount...])))
    }

    /// Literal bytes, and repetitions of what came before, up to the end of the block.
    private mutating func copy(_ literals: Codes, _ distances: Codes) throws {
        while true {
            let symbol = try literals.next(from: &self)
            if symbol < Self.endSymbol {
                try write(UInt8(symbol))
                continue
            }
            if symbol == Self.endSymbol { return }
            let place = symbol - Self.endSymbol - 1
            guard place < Self.lengthBases.count else { throw Damaged() }
            let length = Self.lengthBases[place] + (try number(bitCount: Self.lengthBits[place]))
            let distanceSymbol = try distances.next(from: &self)
            guard distanceSymbol < Self.distanceBases.count else { throw Damaged() }
            let distance =
                Self.distanceBases[distanceSymbol] + (try number(bitCount: max(0, distanceSymbol / 2 - 1)))
            guard distance <= output.count else { throw Damaged() }
            for _ in 0..<length { try write(output[output.count - distance]) }
        }
    }

    private mutating func write(_ byte: UInt8) throws {
        guard output.count < byteCount else { throw Damaged() }
        output.append(byte)
    }

    private mutating func bit() throws -> Int {
        let index = input.startIndex + bitIndex / 8
        guard index < input.endIndex else { throw Damaged() }
        defer { bitIndex += 1 }
        return Int(input[index] >> UInt8(bitIndex % 8)) & 1
    }

    /// The lowest bit comes first.
    private mutating func number(bitCount: Int) throws -> Int {
        var number = 0
        for place in 0..<bitCount { number |= try bit() << place }
        return number
    }
}
