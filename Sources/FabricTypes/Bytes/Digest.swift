internal import Crypto

/// A SHA-256 hash: 32 bytes held in place, so that tables of hashes allocate nothing.
public struct Digest: Hashable, Sendable {
    public static let byteCount = 32

    // Big-endian words, so that the order of digests is the order of their bytes.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Hashes the parts as if they were one run of bytes.
    public init(of parts: Bytes...) {
        var hasher = SHA256()
        for part in parts {
            part.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        }
        self.init(hasher.finalize())
    }

    /// Hashes the parts as if they were one run of bytes.
    public init(ofAll parts: some Sequence<Bytes>) {
        var hasher = SHA256()
        for part in parts {
            part.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        }
        self.init(hasher.finalize())
    }

    /// Reads 32 bytes; nil for any other count.
    public init?(_ bytes: Bytes) {
        guard bytes.count == Self.byteCount else { return nil }
        self = bytes.withUnsafeBytes { Self(loading: $0) }
    }

    public var bytes: Bytes {
        var array: [UInt8] = []
        array.reserveCapacity(Self.byteCount)
        for word in [words.0, words.1, words.2, words.3] {
            withUnsafeBytes(of: word.bigEndian) { array.append(contentsOf: $0) }
        }
        return Bytes(array)
    }

    public var hex: String { bytes.hex }

    fileprivate init(_ digest: SHA256Digest) {
        self = digest.withUnsafeBytes { Self(loading: $0) }
    }

    private init(loading buffer: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        words = (word(0), word(1), word(2), word(3))
    }

    public static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    public func hash(into hasher: inout Hasher) {
        // The content is a cryptographic hash already: one word tells digests apart as well as four.
        hasher.combine(words.0)
    }
}

extension Digest: Comparable {
    public static func < (left: Digest, right: Digest) -> Bool {
        left.words < right.words
    }
}

extension Digest: CustomStringConvertible {
    public var description: String { hex }
}

/// Hashes bytes that come piece by piece.
package struct DigestBuilder {
    private var hasher = SHA256()

    package init() {}

    package mutating func update(_ bytes: Bytes) {
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    }

    /// The hash of all pieces so far as if they were one run of bytes.
    package var digest: Digest { Digest(hasher.finalize()) }
}
