/// Figures in Prometheus' text format 0.0.4.
enum MetricsText {
    static func text(of families: [MetricFamily]) -> String {
        var text = ""
        for family in families {
            text += "# HELP \(family.name) \(escaped(family.help, isLabel: false))\n"
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for sample in family.samples {
                write(sample, labels: zip(family.labels, sample.labelValues).map(pair), of: family, into: &text)
            }
        }
        return text
    }

    private static func write(
        _ sample: MetricFamily.Sample, labels: [String], of family: MetricFamily, into text: inout String
    ) {
        switch sample.value {
        case .number(let number):
            text += "\(family.name)\(set(labels)) \(number)\n"
        case .histogram(let bounds, let counts, let sum):
            var count: UInt64 = 0
            for (bound, inBucket) in zip(bounds.map { "\($0)" } + ["+Inf"], counts) {
                count &+= inBucket
                text += "\(family.name)_bucket\(set(labels + [pair("le", bound)])) \(count)\n"
            }
            text += "\(family.name)_sum\(set(labels)) \(sum)\n\(family.name)_count\(set(labels)) \(count)\n"
        }
    }

    private static func set(_ labels: [String]) -> String {
        labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
    }

    private static func pair(_ name: String, _ value: String) -> String {
        "\(name)=\"\(escaped(value, isLabel: true))\""
    }

    private static func escaped(_ text: String, isLabel: Bool) -> String {
        var output = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\"" where isLabel: output += "\\\""
            default: output.unicodeScalars.append(character)
            }
        }
        return output
    }
}
