import LedgerCore
import Testing

@Suite("Counts for metrics")
struct DurationCountsTests {
    @Test("a duration counts in the first bucket that holds it, and in the sum")
    func durations() throws {
        let counts = DurationCounts()
        for milliseconds in [1, 2, 60_000] { counts.add(.milliseconds(milliseconds), ["c"]) }
        let histogram = try #require(counts.values[["c"]])
        #expect(histogram.counts.first == 1)  // a bound belongs to its bucket
        #expect(histogram.counts[1] == 1)
        #expect(histogram.counts.last == 1)
        #expect(abs(histogram.sumSeconds - 60.003) < 0.000_001)
    }

    @Test("events count by their label values")
    func events() {
        let counts = EventCounts()
        counts.add(2, ["a", "b"])
        counts.add(1, ["a", "b"])
        counts.add()
        #expect(counts.values == [["a", "b"]: 3, []: 1])
    }
}
