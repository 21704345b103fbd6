package import FabricTypes
internal import LedgerCore

/// What a snapshot says about itself: which state of which channel it is, and the hash of each of its files.
///
/// Every peer of a channel writes the same bytes at the same height, so that organisations can compare ``digest``.
/// Source: Fabric's `kvledger.SnapshotSignableMetadata` and `snapshotAdditionalMetadata`.
package struct SnapshotManifest: Hashable, Sendable {
    static let signableName = "_snapshot_signable_metadata.json"
    static let additionalName = "_snapshot_additional_metadata.json"
    /// The only kind of state that is read and written here: values as they were put, ordered by key.
    private static let stateKind = "SimpleKeyValueDB"
    /// Bytes of a file that is still read whole.
    static let byteCountMax = 1 << 20

    package let channel: Bytes
    package let lastBlockNumber: BlockNumber
    package let lastBlockHash: Digest
    /// Empty where the last block is the genesis block.
    package let previousBlockHash: Bytes
    /// Nil where the ledger has none: after the genesis block.
    package let lastCommitHash: Digest?
    /// The SHA-256 of each file, by name.
    let files: [String: Digest]

    /// The number of blocks that the snapshot stands for: that of the first block behind it.
    package var height: BlockNumber { lastBlockNumber + 1 }

    /// The hash of the signable part, which covers everything but the commit hash.
    package var digest: Digest { Digest(of: signableBytes) }

    init(
        channel: Bytes, lastBlockNumber: BlockNumber, lastBlockHash: Digest, previousBlockHash: Bytes,
        lastCommitHash: Digest?, files: [String: Digest]
    ) {
        self.channel = channel
        self.lastBlockNumber = lastBlockNumber
        self.lastBlockHash = lastBlockHash
        self.previousBlockHash = previousBlockHash
        self.lastCommitHash = lastCommitHash
        self.files = files
    }

    // MARK: - Writing

    // Laid out as Go's encoder does, since the hash is over these bytes. No text in here needs escaping.

    var signableBytes: Bytes {
        let list = files.sorted { $0.key < $1.key }.map { "        \"\($0.key)\": \"\($0.value)\"" }
        return Bytes(
            """
            {
                "channel_name": "\(channel.lossyText)",
                "last_block_number": \(lastBlockNumber),
                "last_block_hash": "\(lastBlockHash)",
                "previous_block_hash": "\(previousBlockHash.hex)",
                "snapshot_files_raw_hashes": {
            \(list.joined(separator: ",\n"))
                },
                "state_db_type": "\(Self.stateKind)"
            }
            """)
    }

    var additionalBytes: Bytes {
        Bytes(
            """
            {
                "snapshot_hash": "\(digest)",
                "last_block_commit_hash": "\(lastCommitHash?.hex ?? "")"
            }
            """)
    }

    // MARK: - Reading

    /// Reads both parts and checks that they belong together.
    ///
    /// - Parameter folder: for messages.
    init(signable: Bytes, additional: Bytes, folder: String) throws(StorageError) {
        let fields = try ManifestFields(signable, in: "\(folder)/\(Self.signableName)")
        let more = try ManifestFields(additional, in: "\(folder)/\(Self.additionalName)")
        let stated = try more.digest("snapshot_hash")
        guard stated == Digest(of: signable) else {
            throw .damagedSnapshot(
                folder,
                "its file \"\(Self.signableName)\" has the hash \(Digest(of: signable)), not \(stated) as \"\(Self.additionalName)\" states"
            )
        }
        let kind = try fields.text("state_db_type")
        guard kind == Bytes(Self.stateKind) else {
            throw StorageError(
                .foreign,
                "The snapshot in \"\(folder)\" holds a state of the kind \"\(kind.lossyText)\"; only \"\(Self.stateKind)\" can be read. Make one with a peer whose state database is of that kind."
            )
        }
        channel = try fields.text("channel_name")
        guard let name = channel.utf8Text, (try? ChannelID(validating: name)) != nil else {
            throw fields.wrong("channel_name")
        }
        lastBlockNumber = try fields.number("last_block_number")
        lastBlockHash = try fields.digest("last_block_hash")
        previousBlockHash = try fields.bytes("previous_block_hash")
        files = try fields.digests("snapshot_files_raw_hashes")
        lastCommitHash = try more.text("last_block_commit_hash").isEmpty ? nil : more.digest("last_block_commit_hash")
        for name in files.keys where !SnapshotFileName.all.contains(name) {
            throw StorageError(
                .foreign,
                "The snapshot in \"\(folder)\" names a file \"\(name)\" that no snapshot of this version has. Use the program that wrote it."
            )
        }
    }
}

/// The data files of a snapshot; those without content are left out.
enum SnapshotFileName {
    static let publicState = "public_state"
    static let hashedState = "private_state_hashes"
    static let transactionIDs = "txids"
    static let configHistory = "confighistory"

    static func data(_ name: String) -> String { "\(name).data" }
    static func metadata(_ name: String) -> String { "\(name).metadata" }

    static let all = [publicState, hashedState, transactionIDs, configHistory].flatMap { [data($0), metadata($0)] }
}

/// The members of one of the two JSON files.
private struct ManifestFields {
    private let object: JSONObject
    private let path: String

    init(_ bytes: Bytes, in path: String) throws(StorageError) {
        self.path = path
        guard let object = (try? JSONParser.parse(bytes))?.object else {
            throw StorageError(.damaged, "The file \"\(path)\" is no JSON object. Fetch the snapshot again.")
        }
        self.object = object
    }

    func wrong(_ name: String) -> StorageError {
        StorageError(
            .damaged, "The file \"\(path)\" does not state \"\(name)\" as a snapshot does. Fetch the snapshot again.")
    }

    func text(_ name: String) throws(StorageError) -> Bytes {
        guard let text = object[name]?.text else { throw wrong(name) }
        return text
    }

    func bytes(_ name: String) throws(StorageError) -> Bytes {
        guard let digits = try text(name).utf8Text, let bytes = Bytes(hex: digits) else { throw wrong(name) }
        return bytes
    }

    func digest(_ name: String) throws(StorageError) -> Digest {
        guard let digest = Digest(try bytes(name)) else { throw wrong(name) }
        return digest
    }

    func number(_ name: String) throws(StorageError) -> UInt64 {
        // Heights are one more than numbers, and the database counts in 63 bits.
        guard case .number = object[name], let text = object[name]?.encoded.utf8Text, let number = Int64(text),
            number >= 0, number < .max
        else { throw wrong(name) }
        return UInt64(number)
    }

    func digests(_ name: String) throws(StorageError) -> [String: Digest] {
        guard let members = object[name]?.object?.members else { throw wrong(name) }
        var digests: [String: Digest] = [:]
        for member in members {
            guard let key = member.name.utf8Text, let digits = member.value.text?.utf8Text,
                let digest = Bytes(hex: digits).flatMap({ Digest($0) })
            else { throw wrong(name) }
            digests[key] = digest
        }
        return digests
    }
}

extension StorageError {
    /// - Parameter reason: the end of a sentence.
    static func damagedSnapshot(_ folder: String, _ reason: String) -> StorageError {
        StorageError(
            .damaged, "The snapshot in \"\(folder)\" is damaged: \(reason). Fetch it again from where it was made.")
    }
}
