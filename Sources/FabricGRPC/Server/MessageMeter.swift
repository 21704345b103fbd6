/// Follows the lengths of the messages in one direction of a call, without looking at what they hold.
///
/// Pure. gRPC's framing: one byte of flags, four of length, the message.
struct MessageMeter: Sendable {
    /// What a caller has begun to send.
    enum Observation: Hashable, Sendable {
        /// Nothing, or only messages that are complete.
        case idle
        /// A message of which `received` bytes are here, of `announced`.
        case arriving(received: Int, announced: Int)
        /// A message longer than may be.
        case tooLong(announced: Int)
    }

    static let headByteCount = 5

    private let byteCountMax: Int
    private var head: [UInt8] = []
    private var announced = 0
    private var received = 0

    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
        head.reserveCapacity(Self.headByteCount)
    }

    /// Takes in the next bytes of the call.
    mutating func receive(_ bytes: some RandomAccessCollection<UInt8>) -> Observation {
        var rest = bytes[...]
        while !rest.isEmpty {
            if head.count < Self.headByteCount {
                let part = rest.prefix(Self.headByteCount - head.count)
                head.append(contentsOf: part)
                rest = rest.dropFirst(part.count)
                guard head.count == Self.headByteCount else { break }
                announced = head[1...].reduce(0) { $0 << 8 | Int($1) }
                received = 0
                guard announced <= byteCountMax else { return .tooLong(announced: announced) }
            }
            let part = Swift.min(announced - received, rest.count)
            received += part
            rest = rest.dropFirst(part)
            if received == announced { head.removeAll(keepingCapacity: true) }
        }
        return head.count == Self.headByteCount ? .arriving(received: received, announced: announced) : .idle
    }
}
