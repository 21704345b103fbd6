internal import CArchive
internal import FunctionCore
internal import FunctionTypes

/// Reads the files of a zip archive, within bounds on what they unpack to.
package enum ZipReader {
    package struct Entry: Sendable {
        package var path: String
        package var isExecutable: Bool
        package var content: [UInt8]
    }

    package struct Limits: Sendable {
        package var archiveByteCountMax = FunctionLimits.codeArchiveByteCountMax
        package var byteCountMax = FunctionLimits.codeByteCountMax
        package var fileCountMax = FunctionLimits.codeFileCountMax

        package init() {}
    }

    /// Calls `body` for each file, in the archive's order.
    ///
    /// - Throws: ``FunctionError`` as soon as something is wrong; files handed out before must be discarded.
    package static func read(
        _ archive: [UInt8], limits: Limits = Limits(), _ body: (Entry) throws -> Void
    ) throws {
        guard archive.count <= limits.archiveByteCountMax else {
            throw FunctionError(
                .entityTooLarge,
                "The code archive has \(archive.count) bytes; \(limits.archiveByteCountMax) are the most.")
        }
        guard let reader = archive_read_new() else {
            throw FunctionError(.internalServerError, "There is no memory to read the code archive.")
        }
        defer { archive_read_free(reader) }
        archive_read_support_format_zip_seekable(reader)
        try archive.withUnsafeBytes { bytes in
            guard archive_read_open_memory(reader, bytes.baseAddress, bytes.count) == ARCHIVE_OK else {
                throw invalid(reader)
            }
            try readEntries(reader, limits, body)
        }
    }

    private static func invalid(_ reader: OpaquePointer) -> FunctionError {
        let reason = archive_error_string(reader).map { String(cString: $0) } ?? "unknown format"
        return FunctionError(
            .invalidArgument, "The code is not a zip archive that can be read: \(reason). Pack it again.")
    }

    private static func readEntries(
        _ reader: OpaquePointer, _ limits: Limits, _ body: (Entry) throws -> Void
    ) throws {
        var fileCount = 0
        var byteCount = 0
        var paths: Set<String> = []
        var entry: OpaquePointer?
        while true {
            let status = archive_read_next_header(reader, &entry)
            if status == ARCHIVE_EOF { break }
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else { throw invalid(reader) }
            fileCount += 1
            guard fileCount <= limits.fileCountMax else {
                throw FunctionError(.entityTooLarge, "The code package has more than \(limits.fileCountMax) files.")
            }
            guard let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) else {
                throw FunctionError(
                    .invalidArgument, "The code package holds a file whose name cannot be read. Pack it again.")
            }
            let path = try CodePath.check(String(cString: name))
            let type = archive_entry_filetype(entry)
            // AE_IFDIR and AE_IFREG are casts that Swift does not import.
            if type == 0o040000 { continue }
            guard type == 0o100000, archive_entry_hardlink(entry) == nil, archive_entry_symlink(entry) == nil else {
                throw FunctionError(
                    .invalidArgument,
                    "The code package holds \"\(path)\", which is a link or no file. Pack the file itself, for example by \"zip\" without \"-y\"."
                )
            }
            guard !path.isEmpty, paths.insert(path).inserted else {
                throw FunctionError(.invalidArgument, "The code package holds \"\(path)\" twice. Pack it again.")
            }
            guard archive_entry_is_encrypted(entry) == 0 else {
                throw FunctionError(
                    .invalidArgument, "The code package holds \"\(path)\" encrypted. Pack it without a password.")
            }
            let content = try readContent(reader, byteCount: &byteCount, limits)
            try body(Entry(path: path, isExecutable: archive_entry_perm(entry) & 0o111 != 0, content: content))
        }
        guard !paths.isEmpty else {
            throw FunctionError(.invalidArgument, "The code package holds no file.")
        }
    }

    /// What the archive claims about sizes is not believed: bytes are counted as they come.
    private static func readContent(
        _ reader: OpaquePointer, byteCount: inout Int, _ limits: Limits
    ) throws -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { archive_read_data(reader, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw invalid(reader) }
            if count == 0 { return content }
            byteCount += count
            guard byteCount <= limits.byteCountMax else {
                throw FunctionError(
                    .entityTooLarge,
                    "The code package unpacks to more than \(limits.byteCountMax) bytes, the most allowed.")
            }
            content.append(contentsOf: buffer[..<count])
        }
    }
}
