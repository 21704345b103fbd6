/// A random number generator that a test can start again: SplitMix64.
///
/// Print ``seed`` when something fails; the same seed gives the same numbers on every machine.
package struct SeededGenerator: RandomNumberGenerator {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SeededGenerator {
    /// The bytes with a few of them changed, put in, taken out or cut off: what a damaged disk or a hostile peer hands us.
    package mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &self) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0, 1: bytes[position] = UInt8.random(in: 0...255, using: &self)
            case 2: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &self), at: position)
            case 4: bytes.remove(at: position)
            default: bytes.removeSubrange(position...)
            }
        }
        return bytes
    }
}
