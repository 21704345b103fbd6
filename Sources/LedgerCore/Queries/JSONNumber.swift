/// A JSON number, exact: `0.d₁d₂d₃… × 10^exponent`, without leading or trailing zero digits.
///
/// Two numbers are equal if they are the same number, however they are spelled and however many digits they have.
package struct JSONNumber: Hashable, Sendable {
    /// How large a written exponent may be, so that comparing never needs more than an `Int`.
    package static let exponentMax = 999_999_999

    package enum Sign: Hashable, Sendable {
        case negative, zero, positive
    }

    package let sign: Sign
    /// Decimal digits, each 0…9, most significant first; none for zero.
    package let digits: [UInt8]
    /// The power of ten before the first digit; 0 for zero.
    package let exponent: Int

    package init(_ integer: Int) {
        self.init(
            isNegative: integer < 0, digits: String(integer.magnitude).utf8.map { $0 - UInt8(ascii: "0") },
            pointPosition: String(integer.magnitude).utf8.count)
    }

    /// - Parameter pointPosition: how many of the digits stand before the decimal point; may lie outside of them.
    init(isNegative: Bool, digits: [UInt8], pointPosition: Int) {
        let leading = digits.prefix { $0 == 0 }.count
        let significant = digits.dropFirst(leading)
        guard !significant.isEmpty else {
            self.sign = .zero
            self.digits = []
            self.exponent = 0
            return
        }
        let trailing = significant.reversed().prefix { $0 == 0 }.count
        self.sign = isNegative ? .negative : .positive
        self.digits = Array(significant.dropLast(trailing))
        self.exponent = pointPosition - leading
    }

    /// Integers with more digits than this are not divided.
    private static let dividendDigitCountMax = 4096

    /// What is left after dividing towards zero; nil for a number that is no integer.
    package func remainder(dividingBy divisor: Int) -> Int? {
        if sign == .zero { return 0 }
        guard divisor != 0, exponent >= digits.count, exponent <= Self.dividendDigitCountMax else { return nil }
        var rest: UInt64 = 0
        for position in 0..<exponent {
            let digit = position < digits.count ? UInt64(digits[position]) : 0
            let (high, low) = rest.multipliedFullWidth(by: 10)
            let (sum, carried) = low.addingReportingOverflow(digit)
            rest = UInt64(divisor.magnitude).dividingFullWidth((high + (carried ? 1 : 0), sum)).remainder
        }
        // Below the divisor's magnitude, hence at most 2^63 - 1.
        return sign == .negative ? -Int(rest) : Int(rest)
    }

    /// The number as an `Int`, if it is an integer that fits.
    package var integer: Int? {
        if sign == .zero { return 0 }
        // 20 digits are more than an `Int` has.
        guard exponent >= digits.count, exponent <= 20 else { return nil }
        var magnitude: UInt64 = 0
        for position in 0..<exponent {
            let digit = position < digits.count ? UInt64(digits[position]) : 0
            let (scaled, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carried) = scaled.addingReportingOverflow(digit)
            guard !overflowed, !carried else { return nil }
            magnitude = sum
        }
        if sign == .positive { return Int(exactly: magnitude) }
        return magnitude == UInt64(Int.max) + 1 ? Int.min : Int(exactly: magnitude).map { -$0 }
    }
}

extension JSONNumber: Comparable {
    package static func < (left: JSONNumber, right: JSONNumber) -> Bool {
        switch (left.sign, right.sign) {
        case (.positive, .positive): left.isSmallerMagnitude(than: right)
        case (.negative, .negative): right.isSmallerMagnitude(than: left)
        case (.negative, _): right.sign != .negative
        case (.zero, _): right.sign == .positive
        case (.positive, _): false
        }
    }

    private func isSmallerMagnitude(than other: JSONNumber) -> Bool {
        exponent == other.exponent
            ? digits.lexicographicallyPrecedes(other.digits) : exponent < other.exponent
    }
}
