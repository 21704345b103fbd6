/// Sizes as people read them.
enum ByteSize {
    /// `512 B`, `3.4 KiB`, `12 MiB`: two digits at least, in powers of 1,024.
    static func text(_ byteCount: Int64) -> String {
        guard byteCount >= 1_024 else { return "\(byteCount) B" }
        var value = Double(byteCount)
        var unit = 0
        let units = ["KiB", "MiB", "GiB", "TiB"]
        value /= 1_024
        while value >= 1_024, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        let tenths = Int64((value * 10).rounded())
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\((tenths + 5) / 10) \(units[unit])"
    }
}
