internal import FunctionCore
package import FunctionTypes

extension FunctionPlatform {
    /// Keeps a code archive; the same files again change nothing.
    ///
    /// - Throws: ``FunctionError`` if it is no archive we take.
    package func addCode(archive: [UInt8]) async throws -> CodeReference {
        let code = code
        return try await codeQueue.run { try code.add(archive: archive) }
    }

    package func code(digest: String) -> CodeReference? {
        code.reference(digest: digest)
    }

    package func codeArchive(digest: String) async throws -> [UInt8]? {
        let code = code
        return try await codeQueue.run { try code.archive(digest: digest) }
    }
}
