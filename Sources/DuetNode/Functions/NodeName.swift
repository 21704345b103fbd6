internal import Foundation

/// What the node calls itself in the environment of its functions' processes, so that a later run finds what this one left.
enum NodeName {
    /// Reads the name kept in `folder`, or makes one.
    ///
    /// The folder's path is part of it: a copy of the data folder that runs beside the original must not end its processes.
    ///
    /// - Throws: ``NodeConfigurationError``.
    static func load(folder: String) throws -> String {
        let path = folder + "/node-name"
        do {
            if !FileManager.default.fileExists(atPath: path) {
                try Data(random(byteCount: 8).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            }
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            guard (8...64).contains(text.utf8.count), text.utf8.allSatisfy(isHexDigit) else {
                throw NodeConfigurationError(problems: ["\"\(path)\" does not hold a node's name. Move it away."])
            }
            return "\(text)-\(PathDigest.text(of: folder))"
        } catch let error as NodeConfigurationError {
            throw error
        } catch {
            throw NodeConfigurationError(problems: [
                "The node's name in \"\(path)\" can neither be read nor written (\(error.localizedDescription))."
            ])
        }
    }

    /// Random bytes as hexadecimal digits.
    static func random(byteCount: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<byteCount).map { _ in
            let digits = String(generator.next(upperBound: 256 as UInt), radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
