internal import LedgerStorage
internal import Testing

@Suite("Folder lock")
struct FolderLockTests {
    @Test("keeps a second holder out and names the process that has it")
    func secondHolderIsRefused() throws {
        try withTemporaryFolder { path in
            let lock = try FolderLock(folder: path)
            let error = #expect(throws: StorageError.self) { try FolderLock(folder: path) }
            #expect(error?.code == .locked)
            #expect(error?.message.contains("in use by process") == true)
            withExtendedLifetime(lock) {}
        }
    }

    @Test("is free again once it is let go")
    func lockIsReleased() throws {
        try withTemporaryFolder { path in
            do { _ = try FolderLock(folder: path) }
            _ = try FolderLock(folder: path)
        }
    }
}
