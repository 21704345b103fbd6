/// One field of a cron expression: the values at which it holds.
struct CronField: Hashable {
    /// What a field may hold and how messages call it.
    struct Kind {
        let name: String
        let range: ClosedRange<Int>
        /// Names for values, from `range.lowerBound` on.
        var words: [String] = []
        /// Whether a range may go over its end, as `FRI-MON`.
        var wraps = false

        static let second = Kind(name: "seconds", range: 0...59)
        static let minute = Kind(name: "minutes", range: 0...59)
        static let hour = Kind(name: "hours", range: 0...23)
        static let day = Kind(name: "day of month", range: 1...31)
        static let month = Kind(
            name: "month", range: 1...12,
            words: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"])
        /// 1 = Monday, and 0 as another 7 = Sunday.
        static let weekday = Kind(
            name: "day of week", range: 0...7, words: ["", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], wraps: true
        )
    }

    /// Bit n: value n.
    private(set) var bits: UInt64 = 0
    /// Written `*` or `?`: says nothing about the day.
    private(set) var isUnrestricted = false

    init(_ text: Substring, _ kind: Kind, in expression: String) throws(InvalidCronExpression) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            try add(part, kind, in: expression)
        }
    }

    func contains(_ value: Int) -> Bool { bits & (1 << UInt64(value)) != 0 }

    /// The least value from `value` on; nil if there is none.
    func next(from value: Int) -> Int? {
        guard value < 64 else { return nil }
        let rest = (bits >> UInt64(value)) << UInt64(value)
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// Whether the field holds for each value of `range`.
    func holdsThroughout(_ range: ClosedRange<Int>) -> Bool { range.allSatisfy(contains) }

    private mutating func add(_ part: Substring, _ kind: Kind, in expression: String) throws(InvalidCronExpression) {
        func refuse(_ reason: String) -> InvalidCronExpression {
            InvalidCronExpression(
                expression: expression, reason: "the field for \(kind.name), \"\(part)\", \(reason)",
                remedy:
                    "It takes \(kind.range.lowerBound)-\(kind.range.upperBound), lists \"a,b\", ranges \"a-b\" and steps \"*/n\"."
            )
        }
        let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var step = 1
        if halves.count == 2 {
            guard let value = Self.number(halves[1]), (1...kind.range.upperBound).contains(value) else {
                throw refuse("has a step that is not a number from 1 to \(kind.range.upperBound)")
            }
            step = value
        }
        let body = halves[0]
        if body == "*" || body == "?" {
            if step == 1 { isUnrestricted = true }
            let first = kind.words.first == "" ? 1 : kind.range.lowerBound
            set(from: first, through: kind.range.upperBound, step: step, kind)
            return
        }
        let ends = body.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = Self.value(ends[0], kind) else {
            throw refuse("is not a value from \(kind.range.lowerBound) to \(kind.range.upperBound)")
        }
        if ends.count == 1 {
            set(from: first, through: halves.count == 2 ? kind.range.upperBound : first, step: step, kind)
            return
        }
        guard let last = Self.value(ends[1], kind) else {
            throw refuse("has a range that does not end within \(kind.range.lowerBound) to \(kind.range.upperBound)")
        }
        if first <= last {
            set(from: first, through: last, step: step, kind)
        } else if kind.wraps {
            set(from: first, through: last + 7, step: step, kind)
        } else {
            throw refuse("has a range that ends before it begins")
        }
    }

    private mutating func set(from first: Int, through last: Int, step: Int, _ kind: Kind) {
        for value in stride(from: first, through: last, by: step) {
            let folded = kind.wraps ? (value - 1 + 7) % 7 + 1 : value
            bits |= 1 << UInt64(folded)
        }
    }

    private static func value(_ text: Substring, _ kind: Kind) -> Int? {
        if let value = number(text) { return kind.range.contains(value) ? value : nil }
        guard !text.isEmpty, let index = kind.words.firstIndex(of: text.uppercased()) else { return nil }
        return kind.words.first == "" ? index : index + kind.range.lowerBound
    }

    /// Digits only: `Int` would take a sign.
    private static func number(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }
}
