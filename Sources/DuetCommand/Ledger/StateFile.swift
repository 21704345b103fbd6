internal import FabricTypes
internal import Foundation
internal import LedgerCore

/// The state of a ledger as lines of JSON, in a file that is overwritten if it exists.
struct StateFile {
    private static let rowCountMax = 1_000

    private let path: String
    private let handle: FileHandle

    /// Creates the file at once, so that a wrong path is told before the work and not after it.
    init(creating path: String) throws(CommandError) {
        self.path = path
        // Emptied, not replaced: the path may be a device or a link.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw CommandError(
                .usage,
                "File \"\(path)\" cannot be written: \(String(cString: strerror(errno))). "
                    + "Give --state a path that can be written to.")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Writes public keys by namespace and key, then hashed keys by namespace, collection and hash.
    func write(_ snapshot: InMemorySnapshot) throws {
        for namespace in try snapshot.namespaces() where namespace != ChannelConfigState.namespace {
            var range = KeyRange.all
            while true {
                let rows = try snapshot.rows(in: range, of: namespace, countMax: Self.rowCountMax)
                try write(rows.map { try PublicLine($0, in: namespace) })
                guard rows.count == Self.rowCountMax, let last = rows.last else { break }
                range = range.after(last.key)
            }
        }
        for collection in try snapshot.hashedCollections() {
            try write(try snapshot.hashedRows(of: collection).map { try HashedLine($0, in: collection) })
        }
        try handle.close()
    }

    private func write(_ lines: [some Encodable]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text = Data()
        for line in lines {
            text += try encoder.encode(line)
            text.append(UInt8(ascii: "\n"))
        }
        do {
            try handle.write(contentsOf: text)
        } catch {
            throw CommandError(.failed, "File \"\(path)\" cannot be written: \(error.localizedDescription).")
        }
    }

    private struct PublicLine: Encodable {
        let namespace: String
        /// Nil where the key is no text.
        let key: String?
        let keyHex: String
        let value: String
        let version: [UInt64]
        let metadata: Metadata

        init(_ row: StateRow, in namespace: Bytes) throws {
            self.namespace = namespace.lossyText
            key = row.key.utf8Text
            keyHex = row.key.hex
            value = row.state.value.base64
            version = row.state.version.numbers
            metadata = try Metadata(row.state.metadata)
        }
    }

    private struct HashedLine: Encodable {
        let namespace: String
        let collection: String
        let keyHash: String
        let valueHash: String
        let version: [UInt64]
        let metadata: Metadata

        init(_ row: StateRow, in collection: CollectionID) throws {
            namespace = collection.namespace.lossyText
            self.collection = collection.collection.lossyText
            keyHash = row.key.hex
            valueHash = row.state.value.hex
            version = row.state.version.numbers
            metadata = try Metadata(row.state.metadata)
        }
    }

    /// An object of names and base64, or null where there is none.
    private struct Metadata: Encodable {
        private let values: [String: String]?

        init(_ encoded: Bytes) throws {
            values = try KeyMetadata(decoding: encoded).map { metadata in
                // A name that occurs twice has its last value.
                Dictionary(metadata.entries.map { ($0.name.lossyText, $0.value.base64) }) { _, last in last }
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if let values { try container.encode(values) } else { try container.encodeNil() }
        }
    }
}

extension Bytes {
    fileprivate var base64: String { Data(self).base64EncodedString() }
}

extension Version {
    fileprivate var numbers: [UInt64] { [blockNumber, transactionIndex] }
}
