internal import Crypto
internal import FunctionTypes

/// One file of a code package.
package struct CodeFile: Hashable, Sendable {
    /// Relative, steps joined by `/`.
    package var path: String
    package var isExecutable: Bool
    package var byteCount: Int
    /// SHA-256 of the content, lower-case hexadecimal.
    package var digest: String

    package init(path: String, isExecutable: Bool, content: [UInt8]) {
        self.path = path
        self.isExecutable = isExecutable
        self.byteCount = content.count
        self.digest = Self.hex(SHA256.hash(data: content))
    }

    /// The digest of a whole package: over its files by path, whatever archive and order they came in.
    package static func packageDigest(of files: [CodeFile]) -> String {
        var hasher = SHA256()
        for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            hasher.update(
                data: Array("\(file.path)\0\(file.isExecutable ? "x" : "-")\0\(file.byteCount)\0\(file.digest)\n".utf8))
        }
        return hex(hasher.finalize())
    }

    private static func hex(_ digest: SHA256Digest) -> String {
        digest.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

/// The rule for paths inside packages.
enum CodePath {
    static let byteCountMax = 1024
    static let stepByteCountMax = 255

    /// The path without `./` and doubled or closing slashes.
    ///
    /// - Throws: `InvalidArgument` for a path that leads out of the package or cannot be a file's.
    static func check(_ path: String) throws(FunctionError) -> String {
        func refuse(_ reason: String) -> FunctionError {
            FunctionError(
                .invalidArgument, "The code package holds \"\(path.prefix(160))\": \(reason). Pack it again without.")
        }
        guard !path.hasPrefix("/") else { throw refuse("its path is absolute") }
        guard !path.utf8.contains(0), !path.utf8.contains(UInt8(ascii: "\\")) else {
            throw refuse("its path has a character that is not allowed")
        }
        let steps = path.split(separator: "/").filter { $0 != "." }
        guard !steps.contains("..") else { throw refuse("its path leads upwards") }
        guard path.utf8.count <= byteCountMax, steps.allSatisfy({ $0.utf8.count <= stepByteCountMax }) else {
            throw refuse("its path is too long")
        }
        return steps.joined(separator: "/")
    }
}
