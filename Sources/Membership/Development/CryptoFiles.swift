package import FabricTypes

/// Files and folders that are to be written, as values. Paths have `/` between their parts and are relative.
package struct CryptoFiles: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        package let content: Bytes
        /// Whether it holds a private key, which only its owner may read (mode 0600).
        package let isPrivate: Bool

        package init(_ content: Bytes, isPrivate: Bool = false) {
            self.content = content
            self.isPrivate = isPrivate
        }
    }

    package private(set) var files: [String: File] = [:]
    /// Folders that exist even if they are empty.
    package private(set) var folders: Set<String> = []

    package init() {}

    package mutating func add(_ file: File, at path: String) {
        files[path] = file
    }

    package mutating func add(folder path: String) {
        folders.insert(path)
    }

    /// Puts a whole tree under a folder.
    package mutating func add(_ tree: CryptoFiles, in folder: String) {
        for (path, file) in tree.files { files["\(folder)/\(path)"] = file }
        for path in tree.folders { folders.insert("\(folder)/\(path)") }
    }

    /// What a reader sees.
    package var contents: [String: Bytes] {
        files.mapValues(\.content)
    }
}
