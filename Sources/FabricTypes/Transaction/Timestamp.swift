/// A point in time as protobuf writes it. Values out of range survive; whoever uses them checks.
///
/// Source: `google.protobuf.Timestamp`.
package struct Timestamp: WireMessage {
    package static let messageName = "google.protobuf.Timestamp"

    /// Since 1970-01-01T00:00:00Z, negative before.
    package var seconds: Int64 = 0
    /// 0…999,999,999, counting forward also before 1970.
    package var nanoseconds: Int32 = 0

    package init() {}

    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&seconds)
        case 2: field.read(&nanoseconds)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, seconds)
        writer.write(2, nanoseconds)
    }
}
