extension String {
    /// The text, cut off where it is too long for a message: names from outside may be of any length.
    package var bounded: String {
        let byteCountMax = 4096
        return utf8.count <= byteCountMax ? self : String(decoding: utf8.prefix(byteCountMax), as: UTF8.self) + "…"
    }
}
