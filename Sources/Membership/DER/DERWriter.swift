/// Encodes the few ASN.1 values that Duet writes itself.
package enum DERWriter {
    /// One value around `content`.
    package static func element(_ tag: DERTag, _ content: some Sequence<UInt8>) -> [UInt8] {
        let content = Array(content)
        var encoded = [tag.rawValue]
        if content.count < 0x80 {
            encoded.append(UInt8(content.count))
        } else {
            let length = withUnsafeBytes(of: UInt64(content.count).bigEndian) { Array($0.drop { $0 == 0 }) }
            encoded.append(0x80 | UInt8(length.count))
            encoded += length
        }
        return encoded + content
    }

    /// An INTEGER from the big-endian bytes of a number that is not negative.
    package static func unsignedInteger(_ magnitude: some Sequence<UInt8>) -> [UInt8] {
        var content = Array(magnitude.drop { $0 == 0 })
        if content.first.map({ $0 >= 0x80 }) ?? true { content.insert(0, at: 0) }
        return element(.integer, content)
    }

    /// A BIT STRING of whole bytes.
    package static func bitString(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        element(.bitString, [0] + Array(bytes))
    }
}
