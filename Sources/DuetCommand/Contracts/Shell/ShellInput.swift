internal import Foundation
internal import Synchronization

/// The lines that a shell reads: typed with an editor where a person sits there, else as they come.
///
/// Used by one task, one line after another.
final class ShellInput {
    /// Longer lines are none that anybody means.
    private static let lineByteCountMax = 1 << 20

    let isInteractive: Bool
    private let terminal = Terminal.standardOutput
    private var editor: LineEditor
    private var keys = KeyReader()
    private var bytes: [UInt8] = []

    init(history: [String]) {
        isInteractive = isatty(STDIN_FILENO) == 1 && Terminal.standardOutput.isInteractive
        editor = LineEditor(history: history)
    }

    /// The next line without its end; nil at the end of the input.
    ///
    /// - Throws: ``CommandError`` for a line without end.
    func line(prompt: String, complete: (String) -> [String]) async throws -> String? {
        isInteractive ? await edited(prompt, complete) : try await plain()
    }

    // MARK: - A person's

    private func edited(_ prompt: String, _ complete: (String) -> [String]) async -> String? {
        let raw = RawTerminal()
        defer { raw.restore() }
        draw(prompt)
        while true {
            if bytes.isEmpty {
                bytes = await StandardInput.read()
                if bytes.isEmpty { return nil }
            }
            guard let key = keys.take(bytes.removeFirst()) else { continue }
            switch editor.take(key, complete: complete) {
            case .editing: draw(prompt)
            case .line(let line):
                terminal.write("\r\n")
                return line
            case .candidates(let names):
                terminal.write("\r\n\(names.map(\.escapingControls).joined(separator: "  "))\r\n")
                draw(prompt)
            case .clearScreen:
                terminal.write("\u{1B}[H\u{1B}[2J")
                draw(prompt)
            case .interrupted:
                terminal.write("^C\r\n")
                draw(prompt)
            case .ended:
                terminal.write("\r\n")
                return nil
            }
        }
    }

    /// The line, or the part of it around the cursor that fits.
    private func draw(_ prompt: String) {
        let width = max(10, terminal.columnCount - prompt.count - 1)
        let start = max(0, editor.cursor - width)
        let shown = String(editor.characters[start...].prefix(width))
        let column = prompt.count + editor.cursor - start
        terminal.write("\r\(prompt)\(shown)\u{1B}[K\r" + (column > 0 ? "\u{1B}[\(column)C" : ""))
    }

    // MARK: - A program's

    private func plain() async throws -> String? {
        var line: [UInt8] = []
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                line += bytes[..<end]
                bytes.removeSubrange(...end)
                return String(decoding: line, as: UTF8.self)
            }
            line += bytes
            guard line.count <= Self.lineByteCountMax else {
                throw CommandError(.noInput, "A line of the input is longer than 1 MiB.")
            }
            bytes = await StandardInput.read()
            if bytes.isEmpty { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
        }
    }
}

/// Reads the process's input where waiting for it holds nobody up.
private enum StandardInput {
    private static let queue = DispatchQueue(label: "standard input")

    /// What has come; empty at the end.
    static func read() async -> [UInt8] {
        await withCheckedContinuation { continuation in
            queue.async {
                var buffer = [UInt8](repeating: 0, count: 4_096)
                while true {
                    let count = Foundation.read(STDIN_FILENO, &buffer, buffer.count)
                    if count < 0, errno == EINTR { continue }
                    continuation.resume(returning: Array(buffer.prefix(max(0, count))))
                    return
                }
            }
        }
    }
}

/// Has the terminal hand over every key as it is, until ``restore()``.
private struct RawTerminal {
    private var before = termios()

    init() {
        tcgetattr(STDIN_FILENO, &before)
        var raw = before
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
        raw.c_iflag &= ~tcflag_t(IXON | ICRNL)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
    }

    func restore() {
        var before = before
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
    }
}
