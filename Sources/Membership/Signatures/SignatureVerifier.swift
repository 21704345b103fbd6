internal import Crypto
package import FabricTypes

/// Checks signatures over messages and never checks a good one twice.
package struct SignatureVerifier: Sendable {
    package let table: SignatureTable

    package init(table: SignatureTable) {
        self.table = table
    }

    /// Whether `signature` is that of `key` over the parts read as one run of bytes.
    package func isSignature(_ signature: Bytes, of message: [Bytes], by key: PublicKey) -> Bool {
        let digest = Self.digest(message)
        let entry = Self.entry(signature, digest: digest, key)
        if table.contains(entry) { return true }
        let isGood = key.isMessageSignature(signature, digest: digest) { message.flatMap { $0 } }
        if isGood { table.insert(entry) }
        return isGood
    }

    /// Enters a signature that this process has just made and so need not check.
    package func enter(_ signature: Bytes, of message: [Bytes], by key: PublicKey) {
        table.insert(Self.entry(signature, digest: Self.digest(message), key))
    }

    private static func digest(_ message: [Bytes]) -> SHA256Digest {
        var hash = SHA256()
        for part in message {
            part.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return hash.finalize()
    }

    /// What the table knows a check by. Every part but the last has a fixed size, so no two checks share an input.
    private static func entry(_ signature: Bytes, digest: SHA256Digest, _ key: PublicKey) -> FabricTypes.Digest {
        // The key's digest covers its algorithm too: it is a hash over the whole SubjectPublicKeyInfo.
        FabricTypes.Digest(of: key.digest.bytes, Bytes(digest), signature)
    }
}
