package import FunctionTypes

/// Keeps code packages, each once, under the digest of its files.
///
/// Calls block until the disk has the data; the caller runs them where blocking is allowed.
package protocol CodeStore: Sendable {
    /// Unpacks and keeps an archive. Keeping the same files again changes nothing.
    ///
    /// - Throws: ``FunctionError`` if it is no archive we read, is too large, or holds what has no place in one: links, devices, paths that
    ///   lead out of it.
    func add(archive: [UInt8]) throws -> CodeReference

    /// What is kept under a digest; nil if nothing is.
    func reference(digest: String) -> CodeReference?

    /// The folder of the unpacked files. Must not be changed.
    func folder(digest: String) -> String

    /// The archive as it was sent first; nil if it is not kept.
    func archive(digest: String) throws -> [UInt8]?

    /// Removes every package that is not in use.
    func removeAll(except digests: Set<String>) throws
}
