internal import NodeHTTP

/// What `/metrics` tells.
enum MetricsPage {
    struct Figure {
        let name: String
        let kind: String
        let labels: [String]
        let help: String

        init(_ family: MetricFamily) {
            name = family.name
            kind = family.kind.rawValue
            labels = family.labels
            help = family.help
        }
    }

    static func make(_ figures: [Figure]) -> ReferencePage {
        func table(_ figures: [Figure]) -> String {
            var table = MarkdownTable(["Name", "Type", "Unit", "Labels", "Meaning"])
            for figure in figures.sorted(by: { $0.name < $1.name }) {
                table.append([
                    "`\(figure.name)`", figure.kind, unit(of: figure),
                    figure.labels.map { "`\($0)`" }.joined(separator: ", "), figure.help,
                ])
            }
            return table.text
        }
        let own = figures.filter { $0.name.hasPrefix("duet_") }
        let fabrics = figures.filter { !$0.name.hasPrefix("duet_") }
        return ReferencePage(
            "metrics.md", title: "Metrics",
            [
                "`GET /metrics` answers in Prometheus' text format. `GET /healthz` answers as Fabric's operations service: 200 with "
                    + "`{\"status\": \"OK\"}` while the node can work, else 503 with `failed_checks`, each with `component` and "
                    + "`reason`. Neither needs a key; both answer on the node's HTTP address (`listen`). Counters count since the "
                    + "start of the node.",
                "## With Fabric's names",
                "Each figure means what it means in Fabric's metrics reference. As several peers and an orderer share a process, "
                    + "`node` says whose it is. Labels that Fabric fills with what callers send (names of chaincodes that need not "
                    + "exist) are left out.",
                table(fabrics),
                "## Of functions, triggers and logs",
                table(own),
            ])
    }

    /// Fabric's times are seconds without saying so in their names.
    private static func unit(of figure: Figure) -> String {
        if figure.name.contains("seconds") || figure.kind == "histogram" { return "seconds" }
        return figure.name.contains("bytes") ? "bytes" : ""
    }
}
