internal import GRDBSQLite
internal import LogCore

/// The log service's aggregates that SQLite does not have, each with bounded memory.
enum SelectAggregates {
    static let names = ["approx_distinct", "approx_percentile", "max_by", "min_by", "count_if", "arbitrary"]

    static func register(with connection: SQLiteConnection) throws {
        try register(ApproximateDistinct.self, "approx_distinct", 1, connection)
        try register(ApproximatePercentile.self, "approx_percentile", 2, connection)
        try register(MaxBy.self, "max_by", 2, connection)
        try register(MinBy.self, "min_by", 2, connection)
        try register(CountIf.self, "count_if", 1, connection)
        try register(Arbitrary.self, "arbitrary", 1, connection)
    }

    /// C functions cannot know a generic type, so the maker of the state travels as SQLite's user data.
    private final class Maker {
        let make: () -> any SelectAggregate

        init(_ make: @escaping () -> any SelectAggregate) {
            self.make = make
        }
    }

    private final class State {
        var aggregate: any SelectAggregate

        init(_ aggregate: any SelectAggregate) {
            self.aggregate = aggregate
        }
    }

    private static func register(
        _ type: any SelectAggregate.Type, _ name: String, _ argumentCount: Int32, _ connection: SQLiteConnection
    ) throws {
        let maker = Unmanaged.passRetained(Maker { type.init() })
        try connection.check(
            sqlite3_create_function_v2(
                connection.handle, name, argumentCount, SQLITE_UTF8, maker.toOpaque(), nil,
                { context, count, values in
                    SelectAggregates.state(context, creates: true)?.aggregate.add(
                        Argument(values, count, 0), Argument(values, count, 1))
                },
                { context in
                    // No state: no row was added.
                    guard let state = SelectAggregates.state(context, creates: false) else {
                        return SelectAggregates.make(context)?.answer(to: context) ?? sqlite3_result_null(context)
                    }
                    state.aggregate.answer(to: context)
                    Unmanaged.passUnretained(state).release()
                }, { maker in if let maker { Unmanaged<Maker>.fromOpaque(maker).release() } }))
    }

    private static func make(_ context: OpaquePointer?) -> (any SelectAggregate)? {
        sqlite3_user_data(context).map { Unmanaged<Maker>.fromOpaque($0).takeUnretainedValue().make() }
    }

    /// The state of the running group; retained once by SQLite's memory until the group ends.
    private static func state(_ context: OpaquePointer?, creates: Bool) -> State? {
        let size = creates ? Int32(MemoryLayout<UnsafeMutableRawPointer?>.size) : 0
        guard let memory = sqlite3_aggregate_context(context, size) else { return nil }
        // SQLite hands out zeroed memory, which is nil.
        let slot = memory.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
        if let kept = slot.pointee { return Unmanaged<State>.fromOpaque(kept).takeUnretainedValue() }
        guard creates, let aggregate = make(context) else { return nil }
        let state = State(aggregate)
        slot.pointee = Unmanaged.passRetained(state).toOpaque()
        return state
    }
}

/// The state of one group of one aggregate.
protocol SelectAggregate {
    init()
    /// The second argument is NULL for functions of one.
    mutating func add(_ first: Argument, _ second: Argument)
    func answer(to context: OpaquePointer?)
}

/// HyperLogLog with 4,096 registers: 1.6 % standard error, nearly exact up to some thousand.
private struct ApproximateDistinct: SelectAggregate {
    private static let registerBitCount = 12
    private var registers = [UInt8](repeating: 0, count: 1 << registerBitCount)

    mutating func add(_ first: Argument, _ second: Argument) {
        guard let bytes = first.bytes else { return }
        let hash = Self.hash(bytes)
        let register = Int(hash >> UInt64(64 - Self.registerBitCount))
        let rank = UInt8(
            (hash << UInt64(Self.registerBitCount) | 1 << UInt64(Self.registerBitCount - 1)).leadingZeroBitCount + 1)
        registers[register] = max(registers[register], rank)
    }

    func answer(to context: OpaquePointer?) {
        let count = Double(registers.count)
        let sum = registers.reduce(0.0) { $0 + 1 / Double(UInt64(1) << UInt64($1)) }
        let estimate = 0.7213 / (1 + 1.079 / count) * count * count / sum
        let emptyCount = registers.count { $0 == 0 }
        // For few values the number of empty registers tells more.
        let isSmall = estimate <= 2.5 * count && emptyCount > 0
        let zeroes = Double(emptyCount)
        sqlite3_result_int64(
            context, (isSmall ? count * Self.naturalLogarithm(count / zeroes) : estimate).rounded().clamped)
    }

    /// FNV-1a, mixed once more so that all bits depend on all bytes.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 32)) &* 0xD6E8_FEB8_6659_FD93
        hash = (hash ^ (hash >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return hash ^ (hash >> 32)
    }

    /// By halving into [1, 2) and the series of artanh; the standard library has no logarithm.
    private static func naturalLogarithm(_ value: Double) -> Double {
        let fraction = value.significand
        let x = (fraction - 1) / (fraction + 1)
        var (term, sum, power) = (x, 0.0, 1.0)
        while power < 60 {
            sum += term / power
            term *= x * x
            power += 2
        }
        return 2 * sum + Double(value.exponent) * 0.693_147_180_559_945_3
    }
}

/// A percentile of a sample: exact up to 16,384 values, then of a random sample of that size.
private struct ApproximatePercentile: SelectAggregate {
    private static let sampleCountMax = 16_384
    private var sample: [Double] = []
    private var count: UInt64 = 0
    private var share = 0.5
    private var random: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func add(_ first: Argument, _ second: Argument) {
        guard let value = first.number else { return }
        if let wanted = second.number { share = min(max(wanted, 0), 1) }
        count += 1
        if sample.count < Self.sampleCountMax {
            sample.append(value)
            return
        }
        // Always the same numbers, so that a query answers alike when it is repeated.
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        let slot = random % count
        if slot < UInt64(Self.sampleCountMax) { sample[Int(slot)] = value }
    }

    func answer(to context: OpaquePointer?) {
        guard !sample.isEmpty else { return sqlite3_result_null(context) }
        let index = (share * Double(sample.count - 1)).rounded()
        sqlite3_result_double(context, sample.sorted()[Int(index.clamped)])
    }
}

private struct MaxBy: SelectAggregate {
    private var best = BestBy()
    mutating func add(_ first: Argument, _ second: Argument) { best.add(first, second) { $0 > $1 } }
    func answer(to context: OpaquePointer?) { best.answer(to: context) }
}

private struct MinBy: SelectAggregate {
    private var best = BestBy()
    mutating func add(_ first: Argument, _ second: Argument) { best.add(first, second) { $0 < $1 } }
    func answer(to context: OpaquePointer?) { best.answer(to: context) }
}

/// The first argument of the row whose second is the best; numbers before texts.
private struct BestBy {
    enum Key: Comparable {
        case text([UInt8])
        case number(Double)

        static func < (left: Key, right: Key) -> Bool {
            switch (left, right) {
            case (.number(let left), .number(let right)): left < right
            case (.text(let left), .text(let right)): left.lexicographicallyPrecedes(right)
            case (.text, .number): true
            case (.number, .text): false
            }
        }
    }

    private var key: Key?
    private var value: String?

    mutating func add(_ first: Argument, _ second: Argument, isBetter: (Key, Key) -> Bool) {
        guard let bytes = second.bytes else { return }
        let candidate = second.number.map { Key.number($0) } ?? .text(Array(bytes))
        guard key.map({ isBetter(candidate, $0) }) ?? true else { return }
        key = candidate
        value = first.text
    }

    func answer(to context: OpaquePointer?) {
        guard let value else { return sqlite3_result_null(context) }
        SQLiteAnswer.text(value, to: context)
    }
}

private struct CountIf: SelectAggregate {
    private var count: Int64 = 0
    mutating func add(_ first: Argument, _ second: Argument) {
        if let number = first.number, number != 0 { count += 1 }
    }
    func answer(to context: OpaquePointer?) { sqlite3_result_int64(context, count) }
}

private struct Arbitrary: SelectAggregate {
    private var value: String?
    mutating func add(_ first: Argument, _ second: Argument) {
        if value == nil { value = first.text }
    }
    func answer(to context: OpaquePointer?) {
        guard let value else { return sqlite3_result_null(context) }
        SQLiteAnswer.text(value, to: context)
    }
}
