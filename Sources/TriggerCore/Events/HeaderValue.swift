/// Values of CloudEvents attributes in HTTP headers: percent-encoded where a header cannot carry them.
///
/// Source: CloudEvents HTTP binding 1.0, section 3.1.3.2.
package enum HeaderValue {
    package static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return encoded
    }
}
