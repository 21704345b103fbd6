/// An immutable run of bytes: a slice of a shared array.
///
/// The one byte type inside Duet. Slicing never copies, so a decoded message and all its parts share the array that was
/// received; equality, order and hashing are by content, bytewise, as Go compares keys. Positions count from 0 in every
/// slice.
public struct Bytes: Sendable {
    @usableFromInline let storage: [UInt8]
    @usableFromInline let offset: Int
    public let count: Int

    @inlinable
    public init(_ array: [UInt8]) {
        self.storage = array
        self.offset = 0
        self.count = array.count
    }

    @inlinable
    public init() {
        self.init([])
    }

    @inlinable
    public init(_ sequence: some Sequence<UInt8>) {
        self.init(Array(sequence))
    }

    /// The UTF-8 bytes of a text.
    @inlinable
    public init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The parts one after another, in an array of their own.
    public init(joining parts: [Bytes]) {
        var array: [UInt8] = []
        array.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts {
            part.withUnsafeBytes { array.append(contentsOf: $0) }
        }
        self.init(array)
    }

    @usableFromInline
    init(storage: [UInt8], offset: Int, count: Int) {
        self.storage = storage
        self.offset = offset
        self.count = count
    }

    @inlinable
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try storage.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)])) }
    }

    /// Like ``withUnsafeBytes(_:)``, for bodies that throw one type of error.
    @inlinable
    package func withUnsafeBuffer<R, Failure>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> R
    ) throws(Failure) -> R {
        try storage.withUnsafeBufferPointer { buffer throws(Failure) in
            try body(UnsafeBufferPointer(rebasing: buffer[offset..<(offset + count)]))
        }
    }

    /// The bytes as an array: the shared one if this is all of it, else a copy.
    @inlinable
    public var array: [UInt8] {
        count == storage.count ? storage : Array(storage[offset..<(offset + count)])
    }

    /// The same bytes in an array of their own, so that a small part no longer keeps a large message alive.
    @inlinable
    public func detached() -> Bytes {
        count == storage.count ? self : Bytes(Array(storage[offset..<(offset + count)]))
    }
}

extension Bytes: RandomAccessCollection {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { count }

    @inlinable
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < count, "the position lies within the bytes")
        return storage[offset + position]
    }

    @inlinable
    public subscript(bounds: Range<Int>) -> Bytes {
        precondition(bounds.lowerBound >= 0 && bounds.upperBound <= count, "the range lies within the bytes")
        return Bytes(storage: storage, offset: offset + bounds.lowerBound, count: bounds.count)
    }

    @inlinable
    public func withContiguousStorageIfAvailable<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R? {
        try storage.withUnsafeBufferPointer {
            try body(UnsafeBufferPointer(rebasing: $0[offset..<(offset + count)]))
        }
    }
}

extension Bytes: Hashable, Comparable {
    @inlinable
    public static func == (left: Bytes, right: Bytes) -> Bool {
        left.count == right.count && compare(left, right) == 0
    }

    /// Bytewise order, shorter first where one begins with the other: Go's `bytes.Compare`.
    @inlinable
    public static func < (left: Bytes, right: Bytes) -> Bool {
        let order = compare(left, right)
        return order == 0 ? left.count < right.count : order < 0
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(count)
    }

    /// The order of the common prefix.
    @inlinable
    static func compare(_ left: Bytes, _ right: Bytes) -> Int {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                let common = Swift.min(left.count, right.count)
                for index in 0..<common where left[index] != right[index] {
                    return left[index] < right[index] ? -1 : 1
                }
                return 0
            }
        }
    }
}

extension Bytes: ExpressibleByArrayLiteral {
    @inlinable
    public init(arrayLiteral elements: UInt8...) {
        self.init(elements)
    }
}
