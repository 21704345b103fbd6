/// An alarm: a saved query that is asked on a schedule, a condition on its answer, and whom to tell.
package struct AlarmRule: Hashable, Sendable, Codable {
    /// Who is told, by one POST for each notice.
    package enum Target: Hashable, Sendable, Codable {
        /// An `http` or `https` address that takes a CloudEvent.
        case address(String)
        /// A function of the project's organisation.
        case function(service: String, function: String, qualifier: String?)
    }

    package static let intervalSecondsRange: ClosedRange<Int64> = 10...86_400
    package static let windowSecondsRange: ClosedRange<Int64> = 1...604_800
    package static let consecutiveCountMax = 100
    package static let countMax = 100

    /// 3 to 63 characters `[a-z0-9_-]`, unique in its project.
    package var name: String
    package var logstore: LogstoreName
    /// With or without a `select`.
    package var query: String
    /// How far back the query looks, in seconds.
    package var windowSeconds: Int64
    /// Seconds between two evaluations; they fall on whole multiples.
    package var intervalSeconds: Int64
    /// Such as `count > 10`; see ``AlarmCondition``.
    package var condition: String
    /// Evaluations in a row that must satisfy the condition before anyone is told.
    package var consecutiveCount: Int
    /// Seconds after which a lasting alarm is told again; 0 for never.
    package var repeatSeconds: Int64
    package var target: Target
    package var isEnabled: Bool

    package init(
        name: String, logstore: LogstoreName, query: String, windowSeconds: Int64 = 300, intervalSeconds: Int64 = 60,
        condition: String, consecutiveCount: Int = 1, repeatSeconds: Int64 = 3_600, target: Target,
        isEnabled: Bool = true
    ) {
        self.name = name
        self.logstore = logstore
        self.query = query
        self.windowSeconds = windowSeconds
        self.intervalSeconds = intervalSeconds
        self.condition = condition
        self.consecutiveCount = consecutiveCount
        self.repeatSeconds = repeatSeconds
        self.target = target
        self.isEnabled = isEnabled
    }

    /// Everything that is wrong with the rule, one sentence each.
    package var problems: [String] {
        var problems: [String] = []
        do {
            try LogNameRule.check(name, kind: .alarm) { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        } catch {
            problems.append("\(error)")
        }
        do {
            _ = try QueryParser.parse(query)
        } catch {
            problems.append("The query \"\(query)\" is wrong: \(error)")
        }
        if AlarmCondition(condition) == nil { problems.append(AlarmCondition.explanation(condition)) }
        if !Self.intervalSecondsRange.contains(intervalSeconds) {
            problems.append("intervalSeconds is \(intervalSeconds): give 10 to 86400.")
        }
        if !Self.windowSecondsRange.contains(windowSeconds) {
            problems.append("windowSeconds is \(windowSeconds): give 1 to 604800.")
        }
        if !(1...Self.consecutiveCountMax).contains(consecutiveCount) {
            problems.append("consecutiveCount is \(consecutiveCount): give 1 to \(Self.consecutiveCountMax).")
        }
        if repeatSeconds < 0 { problems.append("repeatSeconds is \(repeatSeconds): give 0 or more.") }
        switch target {
        case .address(let address):
            if !(address.hasPrefix("http://") || address.hasPrefix("https://")) || address.utf8.count > 2_048 {
                problems.append("The address \"\(address.prefix(80))\" must begin with http:// or https://.")
            }
        case .function(let service, let function, _):
            if service.isEmpty || function.isEmpty { problems.append("The target names no service or no function.") }
        }
        return problems
    }
}

/// A condition on a query's answer: `<column> <operator> <number>`, such as `count > 10` or `"p99 ms" >= 250`.
///
/// Holds if it holds for one row. A query without `select` answers one row with the column `count`.
package struct AlarmCondition: Hashable, Sendable {
    private enum Operator: String, CaseIterable {
        case greaterOrEqual = ">="
        case lessOrEqual = "<="
        case notEqual = "!="
        case equal = "=="
        case greater = ">"
        case less = "<"
    }

    package let column: String
    private let comparison: Operator
    private let number: Double

    /// - Returns: nil when the text is no condition.
    package init?(_ text: String) {
        guard
            let found = Operator.allCases.lazy.compactMap({ op in text.firstRange(of: op.rawValue).map { (op, $0) } })
                .min(by: { ($0.1.lowerBound, $1.0.rawValue.count) < ($1.1.lowerBound, $0.0.rawValue.count) })
        else { return nil }
        let name = Self.trimmed(text[..<found.1.lowerBound])
        let isQuoted = name.count >= 2 && name.hasPrefix("\"") && name.hasSuffix("\"")
        column = isQuoted ? String(name.dropFirst().dropLast()) : name
        comparison = found.0
        guard !column.isEmpty, let number = NumberText.value(of: Self.trimmed(text[found.1.upperBound...])) else {
            return nil
        }
        self.number = number
    }

    package func holds(for value: String?) -> Bool {
        guard let value = value.flatMap({ NumberText.value(of: $0) }) else { return false }
        switch comparison {
        case .greater: return value > number
        case .greaterOrEqual: return value >= number
        case .less: return value < number
        case .lessOrEqual: return value <= number
        case .equal: return value == number
        case .notEqual: return value != number
        }
    }

    /// Columns are found without regard to case.
    package func isAbout(oneOf columns: [String]) -> Bool {
        columns.contains { $0.lowercased() == column.lowercased() }
    }

    /// The first row that satisfies the condition. Columns are found without regard to case.
    package func firstRow(in rows: [[String?]], columns: [String]) -> [String?]? {
        guard let index = columns.firstIndex(where: { $0.lowercased() == column.lowercased() }) else { return nil }
        return rows.first { $0.indices.contains(index) && holds(for: $0[index]) }
    }

    static func explanation(_ text: String) -> String {
        "The condition \"\(text.prefix(80))\" is no condition: write a column, one of > >= < <= == != and a number, such as "
            + "\"count > 10\"."
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
