package import FabricTypes

/// A folder in which a ledger keeps its files.
///
/// The seam where tests inject faults. Calls block; they are made from storage threads only.
package protocol StorageFolder: Sendable {
    /// The folder's path, for messages.
    var path: String { get }

    /// Names of the files, in no order.
    func fileNames() throws(StorageError) -> [String]

    /// Opens a file, creating it if asked to. A created file's name is durable once ``syncNames()`` has returned.
    func open(_ name: String, creating: Bool) throws(StorageError) -> any StorageFile

    func remove(_ name: String) throws(StorageError)

    /// Makes created, renamed and removed names durable.
    func syncNames() throws(StorageError)
}

/// A file that is read anywhere and grows at its end.
///
/// Reads may run beside each other and beside one writer.
package protocol StorageFile: AnyObject, Sendable {
    var name: String { get }

    func byteCount() throws(StorageError) -> UInt64

    /// Reads up to `byteCount` bytes: fewer only at the end of the file.
    func read(at offset: UInt64, byteCount: Int) throws(StorageError) -> Bytes

    /// Writes all bytes at the offset. On failure any part of them may have been written; nothing before the offset changes.
    func write(_ bytes: Bytes, at offset: UInt64) throws(StorageError)

    /// Returns once all written bytes are durable.
    ///
    /// - Throws: ``StorageError/Code/syncFailed``; the file must not be written any more.
    func sync() throws(StorageError)

    func truncate(to byteCount: UInt64) throws(StorageError)
}
