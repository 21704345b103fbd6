internal import LogCore

/// Walks over the entries of one file that match a search, one at a time.
///
/// Two ways: by the word index, which yields few entries in no useful order, or by time, which yields them in order. The
/// exact matcher decides in both.
final class FileScan {
    enum Order {
        /// The fastest one.
        case any
        case oldestFirst
        case newestFirst
    }

    /// Entries the word index may yield to be worth collecting and sorting; above it a walk in order finds the first page
    /// sooner.
    static let candidateCountMax = 10_000

    private let statement: SQLiteStatement
    private let search: CompiledSearch
    private let budget: QueryBudget
    /// Whether the entries come in the order asked for.
    let isOrdered: Bool
    /// Set when the budget ended the walk.
    private(set) var isCutShort = false

    init(_ connection: SQLiteConnection, scope: SearchScope, order: Order, budget: QueryBudget) throws {
        search = scope.search
        self.budget = budget
        let match = Self.matchText(scope.search.narrowing)
        if let match, try order == .any || Self.isSelective(connection, match) {
            statement = try connection.prepare(
                """
                SELECT entry.id, entry.time, entry.body FROM word CROSS JOIN entry ON entry.id = word.rowid
                WHERE word MATCH ?3 AND entry.time >= ?1 AND entry.time < ?2
                """)
            try statement.bind(3, text: match)
            isOrdered = order == .any
        } else {
            let sorting =
                switch order {
                case .any: ""
                case .oldestFirst: "ORDER BY time, id"
                case .newestFirst: "ORDER BY time DESC, id DESC"
                }
            statement = try connection.prepare(
                "SELECT id, time, body FROM entry WHERE time >= ?1 AND time < ?2 \(sorting)")
            isOrdered = true
        }
        try statement.bind(1, scope.from.nanoseconds)
        try statement.bind(2, scope.to.nanoseconds)
    }

    /// Moves to the next match.
    /// - Returns: False at the end, or when the budget is spent.
    func next() throws -> Bool {
        while try statement.step() {
            guard budget.spend() else {
                isCutShort = true
                return false
            }
            if search.matchesEverything || search.matches(view) { return true }
        }
        return false
    }

    var sequence: Int64 { statement.integer(0) }
    var time: LogTime { LogTime(nanoseconds: statement.integer(1)) }
    /// Valid until the next move.
    var view: LogEntryView { LogEntryView(bytes: statement.bytes(2)) }

    private static func isSelective(_ connection: SQLiteConnection, _ match: [UInt8]) throws -> Bool {
        let count = try connection.prepare(
            "SELECT count(*) FROM (SELECT rowid FROM word WHERE word MATCH ?1 LIMIT \(candidateCountMax + 1))")
        try count.bind(1, text: match)
        return try count.step() && count.integer(0) <= Int64(candidateCountMax)
    }

    /// The narrowing in FTS5's query language; nil when the index cannot help. Index words have no quotes in them.
    static func matchText(_ narrowing: IndexNarrowing) -> [UInt8]? {
        switch narrowing {
        case .everything: nil
        case .word(let word): quoted(word)
        case .prefix(let prefix): quoted(prefix) + Array(" *".utf8)
        case .and(let parts): joined(parts, " AND ")
        case .or(let parts): joined(parts, " OR ")
        }
    }

    private static func quoted(_ word: [UInt8]) -> [UInt8] {
        [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
    }

    private static func joined(_ parts: [IndexNarrowing], _ separator: String) -> [UInt8]? {
        let texts = parts.compactMap { matchText($0) }
        guard !texts.isEmpty else { return nil }
        return [UInt8(ascii: "(")] + Array(texts.joined(separator: Array(separator.utf8))) + [UInt8(ascii: ")")]
    }
}
