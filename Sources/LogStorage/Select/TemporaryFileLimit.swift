internal import GRDBSQLite
internal import Synchronization

/// A file system layer for SQLite that is the usual one, except that a temporary file cannot grow beyond a bound.
///
/// A statement's sorting and grouping spills into temporary files; without the bound one hostile query fills the disk. At
/// the bound SQLite is told that the disk is full, and the statement fails.
enum TemporaryFileLimit {
    /// Bytes of one temporary file. A statement has a few at once.
    static let byteCountMax: Int64 = 256 * 1024 * 1024

    static let name = "duet-logs"

    private typealias Write =
        @convention(c) (
            UnsafeMutablePointer<sqlite3_file>?, UnsafeRawPointer?, Int32, sqlite3_int64
        ) -> Int32

    /// The usual layer and its functions. Pointers that SQLite gives out once and never changes.
    private struct Usual: @unchecked Sendable {
        let open:
            @convention(c) (
                UnsafeMutablePointer<sqlite3_vfs>?, UnsafePointer<CChar>?, UnsafeMutablePointer<sqlite3_file>?, Int32,
                UnsafeMutablePointer<Int32>?
            ) -> Int32
    }

    /// The functions of temporary files: the usual ones, and the same with a bounded write.
    private struct Methods: @unchecked Sendable {
        let usual: UnsafePointer<sqlite3_io_methods>
        let bounded: UnsafePointer<sqlite3_io_methods>
        let write: Write
    }

    private static let methods = Mutex<Methods?>(nil)

    /// Registers the layer with SQLite, once per process.
    /// - Returns: Whether connections can be opened with ``name``.
    static func register() -> Bool { isRegistered }

    private static let isRegistered: Bool = usual != nil

    private static let usual: Usual? = {
        guard let vfs = sqlite3_vfs_find(nil), let open = vfs.pointee.xOpen else { return nil }
        let copy = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        copy.initialize(to: vfs.pointee)
        copy.pointee.pNext = nil
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: name.utf8.count + 1)
        for (index, byte) in (Array(name.utf8) + [0]).enumerated() { text[index] = CChar(bitPattern: byte) }
        copy.pointee.zName = UnsafePointer(text)
        copy.pointee.xOpen = { vfs, name, file, flags, outFlags in
            TemporaryFileLimit.open(vfs, name, file, flags, outFlags)
        }
        // SQLite keeps the pointers, so they live for ever.
        guard sqlite3_vfs_register(copy, 0) == SQLITE_OK else { return nil }
        return Usual(open: open)
    }()

    private static func open(
        _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ name: UnsafePointer<CChar>?,
        _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ flags: Int32, _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let usual, let file else { return SQLITE_CANTOPEN }
        let code = usual.open(vfs, name, file, flags, outFlags)
        guard code == SQLITE_OK, let found = file.pointee.pMethods, let write = found.pointee.xWrite else {
            return code
        }
        file.pointee.pMethods =
            methods.withLock { methods -> Methods in
                if let methods, methods.usual == found { return methods }
                let bounded = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
                bounded.initialize(to: found.pointee)
                bounded.pointee.xWrite = { file, bytes, count, offset in
                    TemporaryFileLimit.write(file, bytes, count, offset)
                }
                let made = Methods(usual: found, bounded: UnsafePointer(bounded), write: write)
                methods = made
                return made
            }.bounded
        return code
    }

    private static func write(
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ count: Int32, _ offset: sqlite3_int64
    ) -> Int32 {
        guard let write = methods.withLock({ $0?.write }) else { return SQLITE_IOERR }
        guard offset <= byteCountMax - Int64(count) else { return SQLITE_FULL }
        return write(file, bytes, count, offset)
    }
}
