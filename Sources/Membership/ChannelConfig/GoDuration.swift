/// Durations as Go writes them: `500ms`, `1m30s`, `1.5h`.
///
/// Configurations hold such texts, so every node must read them alike. Source: Go's `time.ParseDuration`.
package enum GoDuration {
    /// Texts beyond this length are refused.
    private static let byteCountMax = 64

    /// Nil if Go would refuse the text: an unknown or missing unit, no digits, more than about 292 years.
    package static func parse(_ text: String) -> Duration? {
        var rest = Array(text.utf8)[...]
        guard rest.count <= byteCountMax else { return nil }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual("0".utf8) { return .zero }
        guard !rest.isEmpty else { return nil }

        var total: UInt64 = 0
        while !rest.isEmpty {
            guard let part = component(&rest) else { return nil }
            let (sum, isOverflow) = total.addingReportingOverflow(part)
            // Go counts in signed 64-bit nanoseconds; the most negative one has no positive twin.
            guard !isOverflow, sum <= 1 << 63 else { return nil }
            total = sum
        }
        if isNegative { return .nanoseconds(total == 1 << 63 ? Int64.min : -Int64(total)) }
        return Int64(exactly: total).map { .nanoseconds($0) }
    }

    /// One number with its unit, in nanoseconds.
    private static func component(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        let whole = digits(&rest)
        var fraction = ArraySlice<UInt8>()
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = digits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let unitBytes = rest.prefix { $0 != UInt8(ascii: ".") && !isDigit($0) }
        rest = rest.dropFirst(unitBytes.count)
        guard let unit = nanoseconds[String(decoding: unitBytes, as: UTF8.self)] else { return nil }

        var number: UInt64 = 0
        for digit in whole {
            let (shifted, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            guard !isTooLarge, shifted <= 1 << 63 else { return nil }
            number = shifted + UInt64(digit - UInt8(ascii: "0"))
        }
        let (product, isOverflow) = number.multipliedReportingOverflow(by: unit)
        guard !isOverflow, product <= 1 << 63 else { return nil }
        return product + fractionOf(unit, fraction)
    }

    private static func fractionOf(_ unit: UInt64, _ digits: ArraySlice<UInt8>) -> UInt64 {
        var number: UInt64 = 0
        var scale = 1.0
        // Digits beyond the precision of 63 bits are dropped, as in Go, which also scales in floating point.
        for digit in digits {
            guard number <= (1 << 63 - 1) / 10 else { break }
            let next = number * 10 + UInt64(digit - UInt8(ascii: "0"))
            guard next <= 1 << 63 else { break }
            number = next
            scale *= 10
        }
        return number == 0 ? 0 : UInt64(Double(number) * (Double(unit) / scale))
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix(while: isDigit)
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static let nanoseconds: [String: UInt64] = [
        "ns": 1,
        "us": 1_000,
        "µs": 1_000,  // U+00B5, micro sign
        "μs": 1_000,  // U+03BC, Greek letter mu
        "ms": 1_000_000,
        "s": 1_000_000_000,
        "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]
}
