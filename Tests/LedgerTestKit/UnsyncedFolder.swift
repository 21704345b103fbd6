package import FabricTypes
package import LedgerStorage

/// A folder whose files are not synced: for writing what is only to be read.
package struct UnsyncedFolder: StorageFolder {
    private let folder: DiskFolder

    package var path: String { folder.path }

    package init(path: String) throws(StorageError) {
        folder = try DiskFolder(path: path)
    }

    package func fileNames() throws(StorageError) -> [String] { try folder.fileNames() }

    package func open(_ name: String, creating: Bool) throws(StorageError) -> any StorageFile {
        File(file: try folder.open(name, creating: creating))
    }

    package func remove(_ name: String) throws(StorageError) { try folder.remove(name) }

    package func syncNames() throws(StorageError) {}

    private final class File: StorageFile {
        private let file: any StorageFile

        init(file: any StorageFile) {
            self.file = file
        }

        var name: String { file.name }
        func byteCount() throws(StorageError) -> UInt64 { try file.byteCount() }

        func read(at offset: UInt64, byteCount: Int) throws(StorageError) -> Bytes {
            try file.read(at: offset, byteCount: byteCount)
        }

        func write(_ bytes: Bytes, at offset: UInt64) throws(StorageError) { try file.write(bytes, at: offset) }
        func sync() throws(StorageError) {}
        func truncate(to byteCount: UInt64) throws(StorageError) { try file.truncate(to: byteCount) }
    }
}
