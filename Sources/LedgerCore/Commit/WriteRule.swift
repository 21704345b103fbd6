package import FabricTypes

/// What the peers of a channel can store.
package enum WriteRule: Hashable, Sendable {
    /// Any key and value: peers that keep their state as keys and values, as this one does.
    case any
    /// What CouchDB takes: for channels whose other peers keep their state there. All peers of a channel must agree, since
    /// transactions that break the rule are not valid. Documents nested deeper than ``JSONParser/depthMax`` pass unseen.
    case document

    private static let versionField = Bytes("~version")
    private static let reservedPrefix = UInt8(ascii: "_")

    /// Why a write cannot be stored, in the words of Fabric's peers; nil if it can. Source: Fabric's
    /// `statecouchdb.validateKey` and `validateValue`.
    package func refusal(ofKey key: Bytes, value: Bytes) -> String? {
        guard self == .document else { return nil }
        if !key.isUTF8 { return "invalid key [\(key.hex)], must be a UTF-8 string" }
        if key.first == Self.reservedPrefix { return "invalid key [\(key.lossyText)], cannot begin with \"_\"" }
        if key.isEmpty { return "invalid key. Empty string is not supported as a key by couchdb" }
        // Anything that is no JSON object is stored as it is.
        guard case .object(let document)? = try? JSONParser.parse(value) else { return nil }
        let reserved = document.members.first { $0.name == Self.versionField || $0.name.first == Self.reservedPrefix }
        return reserved.map { "field [\($0.name.lossyText)] is not valid for the CouchDB state database" }
    }

    /// Judges the public writes of a transaction.
    func refusal(of set: ReadWriteSet) -> TransactionRefusal? {
        guard self == .document else { return nil }
        for namespace in set.namespaces {
            for write in namespace.publicSet.writes {
                guard let reason = refusal(ofKey: write.key, value: write.value) else { continue }
                return TransactionRefusal(
                    .invalidWriteSet,
                    "A write to \"\(namespace.namespace.lossyText)\" cannot be stored by every peer: \(reason).")
            }
        }
        return nil
    }
}
