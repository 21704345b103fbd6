internal import LogCore

/// The columns of the table `log` that a `select` sees.
///
/// The reserved ones, the indexed fields with their second names, the names seen in the files, and the tags that the
/// statement mentions. SQL does not tell upper from lower case in names; the first of two such names is taken.
struct LogColumns {
    enum Source {
        case time
        case nanosecondPart
        case field(FieldSelector)
    }

    enum Kind: String {
        case text = "TEXT"
        case integer = "INTEGER"
        case real = "REAL"
    }

    struct Column {
        let name: String
        let source: Source
        let kind: Kind
    }

    /// Below SQLite's own bound of 2,000.
    static let countMax = 1_900

    /// Fields of platform lines that hold numbers, for logstores that declare no types.
    private static let platformNumbers: Set<String> = [
        "blockNumber", "durationMs", "invokeFunctionLatencyMs", "memoryMB", "memoryUsageMB", "scheduleLatencyMs",
    ]

    private(set) var columns: [Column] = []
    private var taken: Set<String> = []

    init(index: LogIndex, fieldNames: [String], statement: SelectStatement) {
        add(ReservedField.time, .time, .integer)
        add(ReservedField.nanosecondPart, .nanosecondPart, .integer)
        add(ReservedField.topic)
        add(ReservedField.source)
        for column in index.columns {
            let kind: Kind =
                switch column.kind {
                case .long: .integer
                case .double: .real
                case .text, .json: .text
                }
            add(column.name, .field(FieldSelector(column.field)), kind)
        }
        for name in statement.quotedNames where name.hasPrefix(ReservedField.tagPrefix) { add(name) }
        for name in fieldNames {
            add(name, .field(FieldSelector(name)), Self.platformNumbers.contains(name) ? .real : .text)
        }
    }

    private mutating func add(_ name: String) {
        add(name, .field(FieldSelector(name)), .text)
    }

    private mutating func add(_ name: String, _ source: Source, _ kind: Kind) {
        guard columns.count < Self.countMax, !name.isEmpty, !name.utf8.contains(0),
            taken.insert(name.lowercased()).inserted
        else { return }
        columns.append(Column(name: name, source: source, kind: kind))
    }

    /// The table's declaration for SQLite.
    var declaration: String {
        let list = columns.map { column in
            "\"" + column.name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                + "\" \(column.kind.rawValue)"
        }
        return "CREATE TABLE log (\(list.joined(separator: ", ")))"
    }

    /// The names, for a message.
    var listing: String {
        let shown = columns.prefix(30).map { $0.name }.joined(separator: ", ")
        return columns.count > 30 ? shown + ", …" : shown
    }
}
