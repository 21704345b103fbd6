import Testing

@testable import NodeHTTP

@Suite("Metrics as text")
struct MetricsTextTests {
    @Test("numbers stand with their labels, escaped")
    func numbers() {
        let plain = MetricFamily(name: "a_total", help: "One\nline \\.", kind: .counter, values: ["": 2])
        let labelled = MetricFamily(
            name: "b", help: "B.", kind: .gauge, labels: ["node", "channel"],
            samples: [.init(["peer0", "a\"b\\c\nd"], 1.5)])
        #expect(
            MetricsText.text(of: [plain, labelled]) == #"""
                # HELP a_total One\nline \\.
                # TYPE a_total counter
                a_total 2.0
                # HELP b B.
                # TYPE b gauge
                b{node="peer0",channel="a\"b\\c\nd"} 1.5

                """#)
    }

    @Test("a histogram counts up to each bound, then all, with sum and count")
    func histogram() {
        let family = MetricFamily(
            name: "h", help: "H.", kind: .histogram, labels: ["node"],
            samples: [.init(["o"], .histogram(bounds: [0.1, 1], counts: [2, 0, 3], sum: 9.5))])
        #expect(
            MetricsText.text(of: [family]) == """
                # HELP h H.
                # TYPE h histogram
                h_bucket{node="o",le="0.1"} 2
                h_bucket{node="o",le="1.0"} 2
                h_bucket{node="o",le="+Inf"} 5
                h_sum{node="o"} 9.5
                h_count{node="o"} 5

                """)
    }

    @Test("a family without samples still says what it is")
    func empty() {
        let family = MetricFamily(name: "e", help: "E.", kind: .gauge, label: "x", values: [:])
        #expect(MetricsText.text(of: [family]) == "# HELP e E.\n# TYPE e gauge\n")
    }
}
