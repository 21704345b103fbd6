internal import Foundation

/// One of the process's two output streams, and whether a person is looking at it.
struct Terminal: Sendable {
    static let standardOutput = Terminal(STDOUT_FILENO)
    static let standardError = Terminal(STDERR_FILENO)

    private let descriptor: Int32
    /// Whether the stream ends at a terminal: only then are there colours and progress bars.
    let isInteractive: Bool
    private let hasColor: Bool

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        let environment = ProcessInfo.processInfo.environment
        isInteractive = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
        // https://no-color.org: present and not empty switches colours off.
        hasColor = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Characters in a line; 80 where the terminal does not say.
    var columnCount: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes all of `text` at once, unbuffered. A stream nobody reads any more ends the process, as is the custom; so does a
    /// result that cannot be written, since half of one must not pass for the whole.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    // Nobody is left to tell about a failure of standard error.
                    guard descriptor == STDOUT_FILENO else { return }
                    let reason = String(cString: strerror(errno))
                    Self.standardError.write("Error: The result cannot be written to standard output: \(reason).\n")
                    exit(ExitStatus.failed.rawValue)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    enum Color: Int {
        case red = 31
        case green = 32
        case yellow = 33
        case gray = 90
    }

    /// `text` in `color` where a person looks at this stream, else `text`.
    func paint(_ text: String, _ color: Color) -> String {
        hasColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}
