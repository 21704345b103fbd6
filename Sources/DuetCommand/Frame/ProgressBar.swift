internal import Synchronization

/// How far a long operation is, drawn on standard error while a person looks at it; silent otherwise.
///
/// Safe to use from several tasks. Redraws at most ten times a second.
final class ProgressBar: Sendable {
    private struct State {
        var doneCount = 0
        var drawn: ContinuousClock.Instant?
    }

    private let title: String
    private let unit: String
    private let totalCount: Int
    private let terminal: Terminal
    private let started = ContinuousClock.now
    private let state = Mutex(State())

    /// - Parameters:
    ///   - title: What is being done: `Auditing channel trade`.
    ///   - unit: What is counted, as a plural: `blocks`.
    init(_ title: String, of totalCount: Int, unit: String, on terminal: Terminal = .standardError) {
        self.title = title
        self.unit = unit
        self.totalCount = totalCount
        self.terminal = terminal
    }

    func advance(by count: Int = 1) {
        state.withLock { state in
            state.doneCount += count
            let now = ContinuousClock.now
            if let drawn = state.drawn, now - drawn < .milliseconds(100) { return }
            state.drawn = now
            draw(state.doneCount)
        }
    }

    /// Draws the final count and ends the line. Nothing may be advanced afterwards.
    func finish() {
        state.withLock { state in
            draw(state.doneCount)
            if terminal.isInteractive { terminal.write("\n") }
        }
    }

    private func draw(_ doneCount: Int) {
        guard terminal.isInteractive else { return }
        let line = Self.line(
            title: title, doneCount: doneCount, totalCount: totalCount, unit: unit,
            elapsed: ContinuousClock.now - started, columnCount: terminal.columnCount)
        // Back to the start of the line, and clear what the last drawing leaves behind.
        terminal.write("\r\(line)\u{1B}[K")
    }

    /// `Auditing channel trade  ████████░░░░░░░░░░░░░░░░  37/110 blocks  12 s`, cut to the terminal's width.
    static func line(
        title: String, doneCount: Int, totalCount: Int, unit: String, elapsed: Duration, columnCount: Int
    ) -> String {
        let barWidth = 24
        let share = totalCount > 0 ? min(1, max(0, Double(doneCount) / Double(totalCount))) : 1
        let filledCount = Int(share * Double(barWidth))
        let bar =
            String(repeating: "█", count: filledCount) + String(repeating: "░", count: barWidth - filledCount)
        let line = "\(title)  \(bar)  \(doneCount)/\(totalCount) \(unit)  \(elapsed.components.seconds) s"
        return String(line.prefix(max(0, columnCount - 1)))
    }
}
