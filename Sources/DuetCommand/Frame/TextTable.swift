/// Rows in aligned columns, two spaces apart, under capital headings.
struct TextTable {
    enum Alignment {
        case left, right
    }

    struct Column {
        let title: String
        let alignment: Alignment

        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// One field of a row. Colour is applied after the width is known. Control characters are shown as escapes: texts may come
    /// from anybody, and must neither command the terminal nor look like rows of their own.
    struct Cell: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        let text: String
        let color: Terminal.Color?

        init(_ text: String, _ color: Terminal.Color? = nil) {
            self.text = text.escapingControls
            self.color = color
        }

        init(stringLiteral text: String) {
            self.init(text)
        }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    mutating func append(_ row: [Cell]) {
        precondition(row.count == columns.count)
        rows.append(row)
    }

    /// The table as lines, each ended; empty rows leave only the headings.
    func rendered(for terminal: Terminal = .standardOutput) -> String {
        let headings = columns.map { Cell($0.title.uppercased(), .gray) }
        let widths = columns.indices.map { index in
            ([headings] + rows).map { $0[index].text.count }.max() ?? 0
        }
        var text = ""
        for row in [headings] + rows {
            var line = ""
            for (index, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - cell.text.count)
                let painted = cell.color.map { terminal.paint(cell.text, $0) } ?? cell.text
                let isLast = index == row.count - 1
                switch columns[index].alignment {
                case .left: line += painted + (isLast ? "" : padding)
                case .right: line += padding + painted
                }
                if !isLast { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }
}

extension String {
    /// The text with every control character, line break and change of direction as `\u{…}`.
    var escapingControls: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isControl {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // Of the format characters those that reorder what stands around them.
        case .format: properties.isBidiControl
        default: false
        }
    }
}
