import Foundation
import Testing

@testable import LogStorage

@Suite("Lock on the log folder")
struct FolderLockTests {
    @Test("it keeps others out until it is released, also while a child being started holds a copy of its descriptor")
    func releaseWithCopies() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        let lock = try FolderLock(path: path)
        #expect(throws: (any Error).self) { try FolderLock(path: path) }

        // What a process between fork and exec has: the same open file under another number.
        let copies = try Self.descriptors(of: path).map { dup($0) }
        #expect(!copies.isEmpty)
        defer { for copy in copies { close(copy) } }
        lock.release()

        #expect(throws: Never.self) { try FolderLock(path: path) }
    }

    private static func descriptors(of path: String) throws -> [Int32] {
        let path = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter { number in
            // Descriptors of other tests come and go meanwhile.
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")) == path
        }.compactMap(Int32.init)
    }
}
