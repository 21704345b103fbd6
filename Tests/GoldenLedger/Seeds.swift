internal import Foundation

/// The seeds of a property test.
///
/// `make test` runs every test with the same seeds each time, so that a change and nothing else can make it fail.
/// `make fuzz` runs it with fresh ones. `DUET_SEED=<seed>` runs it with that one alone: the one a failure printed.
package enum Seeds {
    /// - Parameter count: How many in an ordinary run; `DUET_FUZZ_ROUNDS` multiplies it.
    package static func sample(_ count: Int) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["DUET_SEED"].flatMap(UInt64.init) {
            return [seed]
        }
        guard let roundCount = environment["DUET_FUZZ_ROUNDS"].flatMap(Int.init) else {
            return (0..<UInt64(count)).map { $0 }
        }
        var generator = SystemRandomNumberGenerator()
        return (0..<max(1, roundCount) * count).map { _ in generator.next() }
    }
}
