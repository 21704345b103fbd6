import GoldenLedger
import Testing

@testable import FabricGRPC

@Suite("Message meter")
struct MessageMeterTests {
    private static func framed(_ byteCount: Int) -> [UInt8] {
        [0] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: byteCount >> ($0 * 8)) }
            + Array(repeating: 7, count: byteCount)
    }

    @Test("whatever the pieces, a run of whole messages ends idle", arguments: Seeds.sample(20))
    func pieces(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<20).flatMap { _ in Self.framed(Int.random(in: 0...50, using: &random)) }
        var meter = MessageMeter(byteCountMax: 50)
        var position = 0
        var last = MessageMeter.Observation.idle
        while position < bytes.count {
            let end = min(bytes.count, position + Int.random(in: 1...40, using: &random))
            last = meter.receive(bytes[position..<end])
            if case .tooLong = last { Issue.record("seed \(seed)") }
            position = end
        }
        #expect(last == .idle, "seed \(seed)")
    }

    @Test("a message on its way is told with what is here and what was announced")
    func arriving() {
        var meter = MessageMeter(byteCountMax: 50)
        let bytes = Self.framed(50)
        #expect(meter.receive(bytes[..<3]) == .idle)
        #expect(meter.receive(bytes[3..<5]) == .arriving(received: 0, announced: 50))
        #expect(meter.receive(bytes[5..<15]) == .arriving(received: 10, announced: 50))
        #expect(meter.receive(bytes[15...] + [0, 0]) == .idle)
    }

    @Test("a length beyond the limit is told at its last byte")
    func tooLong() {
        var meter = MessageMeter(byteCountMax: 50)
        #expect(meter.receive([0, 0, 0, 0]) == .idle)
        #expect(meter.receive([51]) == .tooLong(announced: 51))
        var other = MessageMeter(byteCountMax: 100 << 20)
        #expect(other.receive([0, 255, 255, 255, 255]) == .tooLong(announced: 4_294_967_295))
    }
}
